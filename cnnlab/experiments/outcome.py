"""What became of a run or a sweep, and the sentences about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlab.errors import Interrupted, RepeatsFailed, RunError
from cnnlab.experiments.plan import Plan
from cnnlab.experiments.tryout import shortened
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.status import RunStatus
from cnnlab.runs.sweeps import CellState, cell_state, trainings


@dataclass(frozen=True)
class Outcome:
    """Where every cell stands at the end, of a sweep or, as its only cell, of a run."""

    folder: Path  # of the run or of the sweep
    status: RunStatus
    cells: tuple[CellState, ...]
    repeats: int  # of each cell
    is_sweep: bool
    refused: RunError | None = None  # why the pictures of a run could not be written


def outcome_of(plan: Plan) -> Outcome:
    """Read from the folders what became of a plan."""
    assert plan.folder is not None
    entries = [cell.entry for cell in plan.cells]
    if plan.is_sweep:
        entries = list(plan.index().with_stops(plan.folder).cells[: len(plan.cells)])
    states = tuple(
        cell_state(cell.path.parent, entry, plan.repeats)
        for cell, entry in zip(plan.cells, entries, strict=True)
    )
    status = sum_up_cells([state.status for state in states])
    return Outcome(plan.folder, status, states, len(plan.repeats), plan.is_sweep)


def sum_up_cells(statuses: Sequence[str]) -> RunStatus:
    """Return what the cells' statuses make of the whole, once nothing runs any more."""
    if all(status in ("done", "stopped") for status in statuses):
        return "done"
    if any(status in ("interrupted", "waiting", "running") for status in statuses):
        return "interrupted"
    return "partial" if {"done", "partial"} & set(statuses) else "failed"


def require_finished(outcome: Outcome) -> None:
    """Raise Interrupted or RepeatsFailed, with the folder and each failed repeat's error, unless all is done."""
    if outcome.status == "done":
        return
    done = sum(cell.done for cell in outcome.cells)
    where = _kept(done, trainings(outcome.cells, outcome.repeats), outcome.folder, sweep=outcome.is_sweep)
    again = _way_on(outcome.folder, sweep=outcome.is_sweep)
    if outcome.status == "interrupted":
        raise Interrupted(f"interrupted: {where}; {again}", outcome.folder)
    failed = [
        f"{cell.entry.label}, {error}" if outcome.is_sweep else error
        for cell in outcome.cells
        for error in cell.errors
    ]
    lines = [f"{where}; failed:", *shortened(failed), *([again] if outcome.is_sweep else [])]
    raise RepeatsFailed("\n  ".join(lines), outcome.folder)


def kept(plan: Plan) -> str:
    """A sentence on what is finished when a disk refuses, and how to resume."""
    assert plan.folder is not None
    done = sum(
        RunFolder(cell.path).repeat(k).result_path.is_file() for cell in plan.cells for k in plan.repeats
    )
    where = _kept(done, plan.trainings, plan.folder, sweep=plan.is_sweep)
    return f"{where}; {_way_on(plan.folder, sweep=plan.is_sweep)}"


def _kept(done: int, count: int, folder: Path, *, sweep: bool) -> str:
    return f"{done} of {count} {'trainings' if sweep else 'repeats'} are finished and kept in {folder}"


def _way_on(folder: Path, *, sweep: bool) -> str:
    resume = f"cnnlab train --resume {folder}"
    return f"the same command resumes, and so does: {resume}" if sweep else f"resume with: {resume}"
