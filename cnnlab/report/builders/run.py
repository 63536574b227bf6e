"""A run, or a pool of runs, as a section: its data, its results, what must be known to read them, its setting."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cnnlab.errors import counted, from_to
from cnnlab.report.builders.audit import audit_tables, audit_texts
from cnnlab.report.builders.baseline import baseline_texts
from cnnlab.report.builders.class_table import class_table, confused_data, confused_text
from cnnlab.report.builders.explanation import explanation_texts
from cnnlab.report.builders.result_tables import repeats_table, results_table
from cnnlab.report.builders.verification import judgement_verdict, verification_section, verification_to_json
from cnnlab.report.classes import confusion_of
from cnnlab.report.cluster_bootstrap import FEWEST_GROUPS
from cnnlab.report.collect import RunReport, seeds_of
from cnnlab.report.document import Cells, Column, Section, Table, Text, Where, make_table
from cnnlab.report.explanations import explanations
from cnnlab.report.figures.catalog import run_figures
from cnnlab.report.group_intervals import GroupIntervals
from cnnlab.report.groups import folder_and_number
from cnnlab.report.numbers import listed
from cnnlab.report.sentences import published_sentence
from cnnlab.report.setting_sentences import setting_sentences
from cnnlab.report.titles import data_marker
from cnnlab.runs.audit import audit_of
from cnnlab.runs.environment import Environment
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import Run
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.summary import CONFIDENCE, SD_DEFINITION
from cnnlab.runs.verification import read_verification

ONE_REPEAT = "unknown: one repeat has neither sd nor interval."
TWO_INTERVALS = (
    "the interval by groups says where these networks may be on other patients or slides, drawn like these; Student's "
    "t where other trainings may be on these images. Neither covers both."
)
PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "scipy", "scikit-image", "matplotlib")


def run_section(report: RunReport, *, number: int = 0, compared: bool = False) -> Section:
    """The section of one run or pool; where it is compared, a screen shows its figures in the comparison alone."""
    run = report.run
    trained = report.rows or run.kind not in ("verify", "judge")
    tables = [results_table(report), repeats_table(report)] if trained else []
    texts, answer, data = list(run_texts(report)), None, run_data(report)
    audit, _ = audit_of(run.path, run.data.sha256) or (None, None)
    if audit is not None:
        tables += audit_tables(audit)
        texts += audit_texts(audit)
        data["audit"] = audit.plain()
    confusion = confusion_of(run) if trained else None
    if confusion is not None:
        tables.insert(1, class_table(run, confusion))
        texts = [*filter(None, [confused_text(confusion)]), *texts]
        data["confused"] = confused_data(confusion)
    if run.kind == "verify":
        verification = read_verification(RunFolder(run.path).verify_path)
        found = verification_section(verification)
        tables, texts, answer = [*found.tables, *tables], [*texts, *found.texts], found.answer
        data["verify"] = verification and verification_to_json(verification)
    if run.kind == "judge":
        answer = judgement_verdict(RunFolder(run.path).judgement_path)
    return Section(
        title=run.name,
        number=number,
        data_title=run.data.name,
        marker=data_marker(run),
        status=run.status,
        state=state_of(report),
        answer=answer,
        facts=tuple(facts(report)),
        tables=tuple(_hidden(table) if compared else table for table in tables),
        texts=tuple(texts),
        make_figures=lambda: run_figures(report),
        setting=tuple(setting_sentences(run)),
        config=run.config,
        environment=environment_table(report),
        paths=() if compared else (*(source.path for source in report.sources), *report.plots),
        data=data,
    )


def state_of(report: RunReport) -> str:
    """Return how many repeats are finished, or what kind of run it is."""
    run = report.run
    if not run.repeats:
        return f"{run.kind} run"
    done = f"{len(run.done)} of {counted(len(run.repeats), 'repeat')} finished"
    return f"{done}, pooled from {len(report.sources)} runs" if len(report.sources) > 1 else done


def facts(report: RunReport) -> Iterator[Text]:
    """What the run is of: its data, with the notes that must go along, and when it started."""
    run = report.run
    if run.kind != "judge":  # which has none
        yield Text("data", f"{run.data.name}{_sizes(run)}")
    for note in run.data.notes:
        yield Text("", note)
    if run.started:
        yield Text("started", run.started[:19].replace("T", " "))


def run_texts(report: RunReport) -> Iterator[Text]:
    """What must be known to read the results: published values, seeds, epoch, spread, and every problem."""
    yield from baseline_texts(report)
    yield from explanation_texts(report.run)
    if any(row.published for row in report.rows):
        source = report.run.published.get("source") or "source not named"
        why = report.not_comparable
        yield Text("published", f"{source}; not comparable: {why}" if why else str(source))
    for sentence in map(published_sentence, () if report.not_comparable else report.rows):
        if sentence:
            yield Text("difference", sentence)
    if report.rows:
        yield from _seeds(report)
        yield Text("epoch", report.choice)
        yield from measuring_texts(report.run)
        if len(report.run.done) == 1:
            yield Text("spread", ONE_REPEAT)
        yield from groups_texts(report.by_groups)
    yield from _input(report.run)
    for problem in report.problems:
        yield Text("note", problem, "warning")


def groups_texts(found: GroupIntervals) -> Iterator[Text]:
    """Say what the intervals by groups are about, or why there is none."""
    counts = " and ".join(
        f"{counted(count, 'group')} of {SPLIT_NAMES[split]} images" for split, count in found.groups.items()
    )
    if found.intervals:
        yield Text("groups", f"{counts}: {TWO_INTERVALS}")
    elif counts:
        few = max(found.groups.values()) < FEWEST_GROUPS
        why = (
            f", which takes {FEWEST_GROUPS} or more"
            if few
            else ": resamples of them are all equal, or undefined"
        )
        yield Text("groups", f"{counts}: no interval by groups{why}.")


def measuring_texts(run: Run) -> Iterator[Text]:
    """Say over which views the probabilities were averaged, and which thresholds validation chose."""
    used = {(one.result.evaluation.tta, one.result.evaluation.views) for one in run.done}
    for name, views in sorted((name, views) for name, views in used if views != 1):
        yield Text("views", f"each image's probabilities are the mean over {views} views of it ({name}).")
    chosen = [one.result.threshold for one in run.done]
    shown = [f"{one.value:.3f}" for one in chosen if one is not None and one.value is not None]
    if shown:
        rule = "the largest sensitivity + specificity on validation, where figures at it flatter"
        of = "" if run.positive_class is None else f" of the probability of {run.positive_class}"
        yield Text("threshold", f"{', '.join(shown)}{of}: {rule}.")


def run_data(report: RunReport) -> dict[str, Any]:
    """Facts of the run for programs."""
    run = report.run
    return {
        "path": run.path,
        "paths": [source.path for source in report.sources],
        "name": run.name,
        "kind": run.kind,
        "status": run.status,
        "started": run.started,
        "ended": run.ended,
        "data": run.data.plain(),
        "positive_class": run.positive_class,
        "sd_definition": SD_DEFINITION,
        "confidence": CONFIDENCE,
        "seeds": [repeat.seed for repeat in run.done],
        "epoch_choice": report.choice,
        "headline": report.headline,
        "published_source": run.published.get("source"),
        "published_dataset": run.published.get("dataset"),
        "not_comparable": report.not_comparable,
        "explanations": [found for _, found in explanations(run, [])],
        "problems": report.problems,
        "plots": report.plots,
    }


def environment_table(report: RunReport) -> Table:
    """One row per fact of the environment; of pooled runs, those of each."""
    rows: list[Cells] = []
    for source in report.sources:
        name = f" ({source.path.name})" if len(report.sources) > 1 else ""
        rows += [[f"{label}{name}", value] for label, value in _environment(source.environment)]
    columns = [Column("environment", "left"), Column("value", "left")]
    return make_table("environment", "Environment", columns, rows)


def _environment(environment: Environment) -> Iterator[tuple[str, str]]:
    packages, git = environment.packages, environment.git
    versions = [f"{name} {packages[name]}" for name in PACKAGES if name in packages]
    commit = f"{git.commit}{' with uncommitted changes' if git.dirty else ''}"
    for label, value in (
        ("cnnlab", environment.cnnlab),
        ("Python", environment.python),
        ("packages", ", ".join(versions)),
        ("platform", environment.platform),
        ("processor", environment.machine.cpu),
        ("threads of a repeat", environment.layout.threads),
        ("device", environment.layout.device),
        ("command", environment.command),
        ("git commit", commit if git.commit else None),
        ("data file", environment.data.source),
        ("SHA-256 of the data", environment.data.sha256),
        ("experiment hash", environment.experiment_hash),
    ):
        if value not in (None, ""):
            yield label, str(value)


def _hidden(table: Table) -> Table:
    return replace(table, where=table.where & ~Where.SCREEN)


def _seeds(report: RunReport) -> Iterator[Text]:
    """The finished repeats' seeds; of pooled runs a text for each, with its folder's name."""
    for folder, repeats in seeds_of(report.run):
        seeds = [str(repeat.seed) if repeat.seed is not None else "unknown" for repeat in repeats]
        noun = "repeat" if len(seeds) == 1 else "repeats"
        where = f" of {folder}" if len(report.sources) > 1 else ""
        numbers = [int(folder_and_number(repeat)[1]) for repeat in repeats]
        yield Text("seeds", f"{', '.join(seeds)} ({noun} {listed(numbers)}{where})")


def _input(run: Run) -> Iterator[Text]:
    """What the saved models take; nothing where the repeats differ, or their results do not say."""
    inputs = [one.result.input for one in run.done]
    shapes = {entry.shape for entry in inputs if entry.shape is not None}
    if len(shapes) == 1:
        size = " x ".join(map(str, shapes.pop()))
        steps = "standardized" if any(entry.standardize for entry in inputs) else "scaled"
        text = f"model.keras takes images of {size}, pixel values 0 to 255: they are {steps} in the model."
        yield Text("model", text)


def _sizes(run: Run) -> str:
    """Return how many images each split had, from the fewest to the most of a repeat where groups were drawn."""
    sizes = [repeat.result.sizes for repeat in run.done if repeat.result.sizes]
    found = {name: [size.get(split, 0) for size in sizes] for split, name in SPLIT_NAMES.items()}
    counts = [f"{from_to(numbers)} {name}" for name, numbers in found.items() if any(numbers)]
    return f"; {', '.join(counts)} images" if counts else ""
