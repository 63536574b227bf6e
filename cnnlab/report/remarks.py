"""What stands above and below every table of results, in every format: data, seeds, choices, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnlab.report.collect import SD_SENTENCE, SPLIT_NAMES, RunReport, seeds_of
from cnnlab.report.groups import place_of
from cnnlab.report.numbers import counted, listed, one_line
from cnnlab.report.words import published_sentence
from cnnlab.runs.read import Run

ONE_REPEAT = "unknown: one repeat has neither sd nor interval."


@dataclass(frozen=True)
class Remark:
    """One labelled text on one line; a warning is shown as such."""

    label: str
    text: str
    warning: bool = False


def state_in_words(report: RunReport) -> str:
    """Return how many repeats are finished, or what kind of run it is."""
    run = report.run
    if not run.repeats:
        return f"{one_line(run.kind)} run"
    done = f"{len(run.done)} of {counted(len(run.repeats), 'repeat')} finished"
    return f"{done}, pooled from {len(report.sources)} runs" if len(report.sources) > 1 else done


def facts(report: RunReport) -> Iterator[Remark]:
    """What the run is of: its data, with the notes that must go along, and when it started."""
    run = report.run
    yield Remark("data", f"{one_line(run.data_title)}{_sizes(run)}")
    for note in run.data_notes:
        yield Remark("", one_line(note))
    if run.started:
        yield Remark("started", one_line(run.started)[:19].replace("T", " "))


def remarks(report: RunReport) -> Iterator[Remark]:
    """What must be known to read the results: published values, seeds, epoch, spread, and every problem."""
    if any(row.published for row in report.rows):
        yield Remark("published", _source(report))
    for sentence in map(published_sentence, () if report.not_comparable else report.rows):
        if sentence:
            yield Remark("difference", sentence)
    if report.rows:
        for text in seed_texts(report):
            yield Remark("seeds", text)
        yield Remark("epoch", report.choice)
        yield from (Remark(label, text) for label, text in measuring_texts(report.run))
        yield Remark("spread", SD_SENTENCE if len(report.run.done) > 1 else ONE_REPEAT)
    yield from (Remark("model", text) for text in input_texts(report.run))
    for text in report.problems:
        yield Remark("note", text, warning=True)


def measuring_texts(run: Run) -> Iterator[tuple[str, str]]:
    """Say over which views the probabilities were averaged, and which thresholds validation chose; labels, texts."""
    used = {(one.result.evaluation.tta, one.result.evaluation.views) for one in run.done}
    for name, views in sorted((name, views) for name, views in used if views != 1):
        yield "views", f"each image's probabilities are the mean over {views} views of it ({one_line(name)})."
    chosen = [one.result.threshold for one in run.done]
    shown = [f"{one.value:.3f}" for one in chosen if one is not None and one.value is not None]
    if shown:
        rule = "the largest sensitivity + specificity on validation, where figures at it flatter"
        yield "threshold", f"{', '.join(shown)}: {rule}."


def input_texts(run: Run) -> Iterator[str]:
    """Say what the saved models take; nothing where the repeats differ, or their results do not tell."""
    inputs = [one.result.input for one in run.done]
    shapes = {entry.shape for entry in inputs if entry.shape is not None}
    if len(shapes) == 1:
        size = " x ".join(map(str, shapes.pop()))
        steps = "standardized" if any(entry.standardize for entry in inputs) else "scaled"
        yield f"model.keras takes images of {size}, pixel values 0 to 255: they are {steps} in the model."


def seed_texts(report: RunReport) -> list[str]:
    """Return the finished repeats' seeds; of pooled runs a text for each, with its folder's name."""
    texts = []
    for folder, repeats in seeds_of(report.run):
        seeds = [str(repeat.seed) if repeat.seed is not None else "unknown" for repeat in repeats]
        noun = "repeat" if len(seeds) == 1 else "repeats"
        where = f" of {one_line(folder)}" if len(report.sources) > 1 else ""
        numbers = [int(place_of(repeat)[1]) for repeat in repeats]
        texts.append(f"{', '.join(seeds)} ({noun} {listed(numbers)}{where})")
    return texts


def _sizes(run: Run) -> str:
    """Return how many images each split had, where all repeats agree."""
    sizes = [repeat.result.sizes for repeat in run.done]
    if not sizes or any(size != sizes[0] for size in sizes):
        return ""
    known = {name: sizes[0].get(split) for split, name in SPLIT_NAMES.items()}
    counts = [f"{size:,} {name}" for name, size in known.items() if size]
    return f"; {', '.join(counts)} images" if counts else ""


def _source(report: RunReport) -> str:
    source = one_line(report.run.published.get("source") or "source not named")
    return f"{source}; not comparable: {report.not_comparable}" if report.not_comparable else source
