"""A report as plain data, for ``--json`` and for programs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cnnlab.files import plain
from cnnlab.report.collect import Row, RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.document import Document
from cnnlab.report.groups import place_of
from cnnlab.report.verification.render import read_verification
from cnnlab.report.words import contrast_sentence, published_sentence
from cnnlab.runs.run_data import RepeatResult
from cnnlab.runs.summary import CONFIDENCE, SD_DEFINITION


def to_json(report: RunReport) -> dict[str, Any]:
    """Return the report's content as dicts, lists, strings and finite numbers.

    Accuracies are fractions here, not percent; what is not finite is "NaN", "Infinity" or "-Infinity".
    """
    run = report.run
    metrics: dict[str, dict[str, Any]] = {}
    for row in report.rows:
        metrics.setdefault(row.split, {})[row.metric] = _row(row, report.not_comparable)
    content = {
        "path": run.path,
        "paths": [source.path for source in report.sources],
        "name": run.name,
        "kind": run.kind,
        "status": run.status,
        "started": run.started,
        "ended": run.ended,
        "data": run.data,
        "sd_definition": SD_DEFINITION,
        "confidence": CONFIDENCE,
        "seeds": [repeat.seed for repeat in run.done],
        "epoch_choice": report.choice,
        "metrics": metrics,
        "headline": report.headline,
        "published_source": run.published.get("source"),
        "published_dataset": run.published.get("dataset"),
        "not_comparable": report.not_comparable,
        "repeats": [_repeat(repeat) for repeat in run.repeats],
        "problems": report.problems,
        "plots": report.plots,
    }
    if run.kind == "verify":
        found = read_verification(run.path)
        content["verify"] = None if found is None else verify_to_json(found)
    return dict(plain(content))


def verify_to_json(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a verify.json without the thousand arrays of single cases."""
    layers = {key: value for key, value in (result.get("layers") or {}).items() if key != "cases"}
    return dict(plain({**result, "layers": layers}))


def _row(row: Row, not_comparable: str | None) -> dict[str, Any]:
    entry = asdict(row.summary)
    if row.published is not None:
        entry["published"] = asdict(row.published)
        entry["comparable"] = not_comparable is None
    if row.difference is not None:
        entry["welch"] = asdict(row.difference)
    if row.published is not None and not_comparable is None:
        entry["in_words"] = published_sentence(row)
    return entry


def _repeat(repeat: RepeatResult) -> dict[str, Any]:
    kept = {"metrics", "epochs", "best_epoch", "chosen_by", "sizes", "weights", "seconds"}
    chosen = repeat.result.model_dump(include=kept, exclude_unset=True)
    folder, k = place_of(repeat)
    return {
        "k": repeat.k,
        "run": folder,
        "repeat": k,
        "status": repeat.status,
        "error": repeat.error,
        "seed": repeat.seed,
        **chosen,
    }


def document_to_json(document: Document) -> dict[str, Any]:
    """Return a whole report as plain data; `comparison` is null unless asked for."""
    comparison = document.comparison
    return {
        "runs": [to_json(section) for section in document.sections],
        "comparison": None if comparison is None else _comparison(comparison),
        "notes": list(document.notes),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    contrasts = [
        {
            "label": comparison.labels[contrast.side],
            **asdict(contrast),
            "in_words": contrast_sentence(comparison, contrast),
        }
        for contrast in comparison.contrasts
    ]
    content = {
        "labels": comparison.labels,
        "reference": comparison.labels[0],
        "changes": comparison.changes,
        "contrasts": contrasts,
        "notes": comparison.notes,
    }
    return dict(plain(content))
