"""What a sweep gave: every cell, and how it stands against the reference, paired by shared seeds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError, counted, first_few
from cnnlab.report.comparison import Contrast, contrast_of, why_unpaired, with_holm
from cnnlab.runs.read import Run, load_run
from cnnlab.runs.summary import Summary, summaries_of
from cnnlab.runs.sweeps import CellState, SweepIndex, cell_state, has_begun, read_sweep

HEADLINES = (("test", "accuracy"), ("validation", "accuracy"))
CHOOSER = ("validation", "accuracy")
MOST_NAMED = 5
AS_IT_IS = "as it is"


@dataclass(frozen=True)
class CellResult:
    """One cell: run is None while it has not begun. summaries are of its finished repeats, by split and metric.

    A cell that was stopped early has none, and is compared with nothing.
    """

    number: int  # from 1, in the order of the index
    label: str
    values: Mapping[str, Any]
    state: CellState
    run: Run | None
    summaries: Mapping[tuple[str, str], Summary]
    contrast: Contrast | None = None

    @property
    def stopped(self) -> bool:
        """Whether it was stopped early, in its first repeat."""
        return self.state.status == "stopped"

    def mean(self, key: tuple[str, str]) -> float | None:
        """The mean of a metric on a split; None where it was not measured."""
        summary = self.summaries.get(key)
        return None if summary is None else summary.mean


@dataclass(frozen=True)
class SweepReport:
    """A sweep, gathered. reference is a position in `cells`, None while there is no result; why says how it was chosen.

    changes: of an ablation, by the numbers of the cells, the one thing in which each departs from the reference.
    """

    path: Path
    index: SweepIndex
    cells: tuple[CellResult, ...]
    headline: tuple[str, str]
    reference: int | None
    why: str
    notes: tuple[str, ...]
    changes: Mapping[int, str] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The swept keys that distinguish the cells."""
        return self.index.keys

    @property
    def whole(self) -> list[CellResult]:
        """The cells that were not stopped early: they can be compared."""
        return [cell for cell in self.cells if not cell.stopped]

    @property
    def stopped(self) -> list[CellResult]:
        """The cells that were stopped early."""
        return [cell for cell in self.cells if cell.stopped]

    @property
    def measured(self) -> list[CellResult]:
        """The cells that have the headline metric."""
        return [cell for cell in self.cells if cell.mean(self.headline) is not None]

    @property
    def compared(self) -> list[tuple[CellResult, Contrast]]:
        """The cells that are compared with the reference, of an ablation the largest loss first."""
        found = [(cell, cell.contrast) for cell in self.cells if cell.contrast is not None]
        return found if self.changes is None else sorted(found, key=lambda pair: pair[1].difference or 0.0)

    @property
    def data_title(self) -> str:
        """What the cells were trained on."""
        titles = dict.fromkeys(cell.run.data.name for cell in self.cells if cell.run is not None)
        return " and ".join(titles) or "data unknown"

    @property
    def baseline(self) -> CellResult | None:
        """The cell that the others are compared with."""
        return None if self.reference is None else self.cells[self.reference]


def collect_sweep(path: Path, baseline: str | None = None) -> SweepReport:
    """Read a sweep's folder, and compare its cells with `baseline`.

    baseline: a label, a number, or values that only one cell has; by default the config as it is where a sweep removes
    one thing at a time, else the best by mean validation accuracy. Raises RunError where it means no cell.
    """
    index = read_sweep(path)
    cells = [_cell(path, index, number) for number in range(len(index.cells))]
    headline = next((key for key in HEADLINES if any(key in cell.summaries for cell in cells)), HEADLINES[0])
    if baseline is not None:
        asked_for = find_cell(cells, baseline)
        _require_result(cells[asked_for], baseline, headline)
        reference: int | None = asked_for
        why = "as asked for"
    else:
        reference, why = _default(index, cells, headline)
    if reference is not None:
        cells = compared(cells, reference, headline)
    notes = tuple(_notes(cells, reference, headline))
    return SweepReport(path, index, tuple(cells), headline, reference, why, notes)


def find_cell(cells: Sequence[CellResult], word: str) -> int:
    """The position of the cell that `word` means; raises RunError, with the nearest labels, where it is not one."""
    exact = [n for n, cell in enumerate(cells) if cell.label == word]
    exact = exact or [n for n, cell in enumerate(cells) if str(cell.number) == word]
    parts = [part.strip() for part in word.split(",")]
    found = exact or [n for n, cell in enumerate(cells) if all(_fits(cell, part) for part in parts)]
    if len(found) == 1:
        return found[0]
    some = "; ".join(cells[n].label for n in (found or range(len(cells)))[:MOST_NAMED])
    more = ", ..." if len(found or cells) > MOST_NAMED else ""
    count = f"fits {counted(len(found), 'cell')}" if found else "is none of the cells"
    raise RunError(f"--baseline '{word}' {count}: write a label or a number. {some}{more}.")


def _require_result(cell: CellResult, word: str, headline: tuple[str, str]) -> None:
    """Raise RunError where a baseline has nothing that others could be compared with."""
    if cell.mean(headline) is None:
        state = "stopped early" if cell.stopped else cell.state.status
        raise RunError(
            f"--baseline '{word}': the cell {cell.label} has no {' '.join(headline)} to compare with "
            f"({state}): name another."
        )


def _fits(cell: CellResult, part: str) -> bool:
    """Whether "learning_rate=0.01", or its value alone, is a part of the cell's label."""
    pairs = cell.label.split(", ")
    return part in pairs or part in [pair.partition("=")[2] for pair in pairs]


def _cell(path: Path, index: SweepIndex, number: int) -> CellResult:
    entry = index.cells[number]
    state = cell_state(path, entry, index.repeats)
    run = load_run(state.path) if has_begun(state.path) else None
    summaries = summaries_of(run) if run is not None and state.status != "stopped" else {}
    return CellResult(number + 1, entry.label, entry.values, state, run, summaries)


def _default(
    index: SweepIndex, cells: Sequence[CellResult], headline: tuple[str, str]
) -> tuple[int | None, str]:
    measured = [n for n, cell in enumerate(cells) if cell.mean(headline) is not None]
    if not measured:
        return None, "no cell has a result yet"
    if index.kind == "ablate" and cells[0].label == AS_IT_IS and measured[0] == 0:
        return 0, "the config without a change"
    by_validation = [n for n in measured if cells[n].mean(CHOOSER) is not None]
    if not by_validation:
        return measured[0], "the first with a result, for there are no validation images to choose by"
    most = max(len(cells[n].run.done) for n in by_validation)  # type: ignore[union-attr]  # it has results
    whole = [n for n in by_validation if len(cells[n].run.done) == most]  # type: ignore[union-attr]
    best = max(whole, key=lambda n: cells[n].mean(CHOOSER) or 0.0)
    return best, f"the best of {len(whole)} by mean validation accuracy; the test set chose nothing"


def compared(cells: Sequence[CellResult], reference: int, headline: tuple[str, str]) -> list[CellResult]:
    """The cells with their contrasts against the one at `reference`, p values adjusted for there being several."""
    base = cells[reference]
    contrasts = {n: _contrast(cell, base, headline) for n, cell in enumerate(cells) if n != reference}
    known = {n: contrast for n, contrast in contrasts.items() if contrast is not None}
    adjusted = dict(zip(known, with_holm(list(known.values())), strict=True))
    return [replace(cell, contrast=adjusted.get(n)) for n, cell in enumerate(cells)]


def _contrast(cell: CellResult, base: CellResult, key: tuple[str, str]) -> Contrast | None:
    if key not in cell.summaries or key not in base.summaries or cell.run is None or base.run is None:
        return None
    contrast = contrast_of(cell.number, cell.run, base.run, *key)
    return None if contrast.difference is None else contrast


def _notes(cells: Sequence[CellResult], reference: int | None, headline: tuple[str, str]) -> Iterator[str]:
    """What the table does not show: what is missing, what could not be paired, on which data."""
    stopped = [cell for cell in cells if cell.stopped]
    if stopped:
        metrics = sorted({cell.state.stopped.metric for cell in stopped if cell.state.stopped is not None})
        yield (
            f"{len(stopped)} of {counted(len(cells), 'cell')} were stopped early (asha, by {' and '.join(metrics)} "
            "of the first repeat): they are listed apart, and compared with nothing"
        )
    unfinished = [cell for cell in cells if cell.state.status != "done" and not cell.stopped]
    if unfinished:
        names = first_few([f"{c.label} ({c.state.status})" for c in unfinished], MOST_NAMED, "; ")
        yield f"{len(unfinished)} of {counted(len(cells), 'cell')} are not finished: {names}"
    errors = [f"{cell.label}, {error}" for cell in cells for error in cell.state.errors]
    yield from errors[:MOST_NAMED]
    left_out = [cell for cell in cells if (s := cell.summaries.get(headline)) is not None and s.left_out]
    if left_out:
        names = "; ".join(cell.label for cell in left_out[:MOST_NAMED])
        yield f"repeats without a finite {' '.join(headline)} are left out of n and mean: {names}"
    base = cells[reference].run if reference is not None else None
    if base is None:
        return
    tested = [c for c in cells if c.contrast is not None and c.contrast.test is not None]
    reasons = [why_unpaired(cell.run, base) for cell in tested if cell.run is not None]
    for reason in dict.fromkeys(filter(None, reasons)):
        yield f"{counted(reasons.count(reason), 'cell')} compared as independent repeats, for {reason}"
    hashes = {cell.run.data.sha256 for cell in cells if cell.run is not None}
    if len(hashes) > 1:
        yield "the cells ran on different data: a difference may be the data's"
    yield from base.data.notes
