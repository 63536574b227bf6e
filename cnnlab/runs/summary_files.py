"""summary.json and summary.csv, written once the repeats of a run have ended."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from cnnlab.files import plain, write_json, write_text
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run
from cnnlab.runs.summary import RunSummary, summarize_run

CSV_COLUMNS = (
    *("split", "metric", "n", "mean", "sd", "ci95_low", "ci95_high"),
    *("minimum", "maximum", "left_out", "values", "data"),
)


def write_summary(path: str | Path) -> RunSummary:
    """Write summary.json and summary.csv into a run folder from its repeats' results; returns the former."""
    folder, summary = RunFolder(path), summarize_run(load_run(path))
    write_json(folder.summary_json_path, summary)
    write_text(folder.summary_csv_path, _to_csv(summary))
    return summary


def _to_csv(summary: RunSummary) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for split, by_name in summary.metrics.items():
        for name, one in by_name.items():
            low, high = one.ci95 or (None, None)
            row = [split, name, one.n, one.mean, one.sd, low, high, one.minimum, one.maximum, one.left_out]
            writer.writerow([*row, _joined(one.values), summary.data])
    return buffer.getvalue()


def _joined(values: Sequence[float | None]) -> str:
    return " ".join("-" if value is None else str(plain(value)) for value in values)
