"""Everything a report shows of one run, or of several pooled ones, gathered before anything is printed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnnlab.errors import counted
from cnnlab.report.group_intervals import GroupIntervals, group_intervals
from cnnlab.report.groups import folder_and_number, pool, pooling_notes
from cnnlab.report.numbers import listed
from cnnlab.report.published import PublishedValue, published_values, why_not_comparable
from cnnlab.report.statistics import Difference, welch
from cnnlab.runs.read import Run, load_run
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult
from cnnlab.runs.summary import Summary, summaries_of


@dataclass(frozen=True)
class Row:
    """One metric on one split: ours over all finished repeats, and the published one where there is one.

    difference is None where the published values are single figures, or are not comparable.
    """

    split: str
    metric: str
    summary: Summary
    published: PublishedValue | None
    difference: Difference | None


@dataclass(frozen=True)
class RunReport:
    """What a report shows of one run. All texts are sentences, or parts of one, on a single line.

    sources holds the runs that were pooled into `run`; a run by itself is its only source.
    """

    run: Run
    sources: tuple[Run, ...]
    rows: tuple[Row, ...]
    not_comparable: str | None
    choice: str
    problems: tuple[str, ...]
    plots: tuple[Path, ...]

    @cached_property
    def by_groups(self) -> GroupIntervals:
        """Intervals by the groups of the images that were measured on; read and computed when they are asked for."""
        return group_intervals(self.run)

    @property
    def headline(self) -> tuple[str, str] | None:
        """Split and metric of the row that matters most: test accuracy, else validation accuracy."""
        present = [(row.split, row.metric) for row in self.rows]
        wanted = [("test", "accuracy"), ("validation", "accuracy"), *reversed(present)]
        return next((key for key in wanted if key in present), None)


def collect(path: str | Path) -> RunReport:
    """Read the run folder at `path`; raises RunError only when there is no such folder."""
    return collect_runs([load_run(path)])


def collect_runs(runs: Sequence[Run]) -> RunReport:
    """Gather the report of a run, or of several pooled; raises RunError where they must not be pooled."""
    run = pool(runs)
    not_comparable = next(filter(None, map(why_not_comparable, runs)), None)
    rows = tuple(_rows(run, comparable=not_comparable is None))
    problems = [*(text for source in runs for text in _problems_of(source, alone=len(runs) == 1))]
    problems += [*_without_row(run, rows), *(pooling_notes(runs) if len(runs) > 1 else ())]
    return RunReport(
        run=run,
        sources=tuple(runs),
        rows=rows,
        not_comparable=not_comparable,
        choice=_choice(run),
        problems=tuple(problems),
        plots=tuple(path for source in runs for path in _plots(source.path)),
    )


def seeds_of(run: Run) -> list[tuple[str, list[RepeatResult]]]:
    """Return the finished repeats by the name of the run folder that they lie in."""
    found: dict[str, list[RepeatResult]] = {}
    for repeat in run.done:
        found.setdefault(folder_and_number(repeat)[0], []).append(repeat)
    return list(found.items())


def _problems_of(run: Run, alone: bool) -> Iterator[str]:
    """What is wrong with one run, with its folder's name before it unless it stands alone."""
    rows = tuple(_rows(run, comparable=False))
    for text in (*_unfinished(run), *_not_finite(rows, run), *run.notes):
        yield text if alone else f"{run.path.name}: {text}"


def _rows(run: Run, comparable: bool) -> Iterator[Row]:
    published = published_values(run.published)
    for (split, name), summary in summaries_of(run).items():
        beside, difference = published.get((split, name)), None
        if beside is not None and beside.n and comparable:
            difference = welch(summary.values, beside.values, name)
        yield Row(split, name, summary, beside, difference)


def _choice(run: Run) -> str:
    """Return which split chose the epoch whose weights were measured."""
    choosers = {str(repeat.result.chosen_by or "") for repeat in run.done}
    if not choosers:
        return ""
    if choosers == {""}:
        return "the last one of each repeat; no split chose it."
    names = " or ".join(sorted(filter(None, choosers)))
    best = [repeat.result.best_epoch for repeat in run.done]
    epochs = ", ".join("last" if epoch is None else str(epoch) for epoch in best)
    return f"the best by {names} ({epochs}): validation figures flatter a little, the test set chose nothing."


def _unfinished(run: Run) -> Iterator[str]:
    for repeat in run.repeats:
        if repeat.finished:
            continue
        error = f": {repeat.error}" if repeat.error else ""
        yield f"repeat {repeat.k} {_state(repeat)}{error}"


def _state(repeat: RepeatResult) -> str:
    words = {
        "failed": "failed",
        "waiting": "has not begun",
        "interrupted": "was interrupted",
        "running": "is still running",
        "stopped": "was stopped early",
    }
    epochs = len(repeat.history.get("epoch", ()))
    after = f" after {counted(epochs, 'epoch')}" if epochs and repeat.status != "waiting" else ""
    return f"{words.get(repeat.status, 'has no readable result')}{after}"


def _not_finite(rows: tuple[Row, ...], run: Run) -> Iterator[str]:
    """Say which repeats a mean is without, once for each set of metrics."""
    by_repeats: dict[tuple[int, ...], list[str]] = {}
    for row in rows:
        if row.summary.left_out:
            pairs = zip(run.done, row.summary.values, strict=True)
            without = tuple(r.k for r, value in pairs if value is None or not math.isfinite(value))
            by_repeats.setdefault(without, []).append(f"{SPLIT_NAMES[row.split]} {row.metric}")
    for repeats, names in by_repeats.items():
        noun = "repeat" if len(repeats) == 1 else "repeats"
        yield f"{noun} {listed(repeats)} gave no finite number for {', '.join(names)}: left out of n and mean"


def _without_row(run: Run, rows: tuple[Row, ...]) -> Iterator[str]:
    if not run.done:
        return
    present = {(row.split, row.metric) for row in rows}
    published = published_values(run.published)
    missing = [(split, name) for split, name in published if (split, name) not in present]
    if missing:
        names = ", ".join(f"{split} {name}" for split, name in missing)
        yield f"published, but not measured here: {names}{_to_be_asked_for(run, missing)}"


def _to_be_asked_for(run: Run, missing: Sequence[tuple[str, str]]) -> str:
    """Which of the figures that are missing everywhere the config could ask for."""
    from cnnlab.metrics import metric  # brings NumPy, which most reports need not

    measured = {name for repeat in run.done for split in SPLIT_NAMES for name in repeat.metrics(split)}
    names = dict.fromkeys(name for _, name in missing if name in metric and name not in measured)
    return f" (add {', '.join(names)} to training.metrics)" if names else ""


def _plots(folder: Path) -> tuple[Path, ...]:
    found = [*(folder / "plots").glob("*.png"), folder / "augmentation.png"]
    found += (folder / "repeats").glob("*/mistakes.png")
    return tuple(sorted(path for path in found if path.is_file() and not path.name.startswith(".")))
