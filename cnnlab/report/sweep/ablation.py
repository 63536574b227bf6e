"""What each single change brings: the cells that differ from the baseline in one thing alone."""

from dataclasses import dataclass, replace
from typing import Any

from cnnlab.config.sweep_words import short_names, told
from cnnlab.errors import RunError
from cnnlab.report.numbers import one_line
from cnnlab.report.sweep.collect import CellResult, SweepReport, compared


@dataclass(frozen=True)
class Change:
    """A cell that departs from the baseline in one thing: `words` tells it."""

    cell: CellResult
    words: str


def ablation(report: SweepReport) -> tuple[SweepReport, list[Change]]:
    """The cells that differ from the baseline in one swept key, or by one named change; the largest loss first.

    Returns a report of these and the baseline alone, with p values adjusted for their number, and the changes. Raises
    RunError where there is none.
    """
    base = report.baseline
    if base is None:
        raise RunError(f"{report.path}: no cell has a result yet, so that there is nothing to compare.")
    words = {
        cell.number: told
        for cell in report.cells
        if cell is not base and cell.contrast is not None and (told := _change(report, base, cell))
    }
    if not words:
        raise RunError(
            f"--ablation: no finished cell differs from {base.label} in one key alone. Name another with --baseline, "
            "or sweep with 'ablate', which removes one thing at a time."
        )
    kept = [cell for cell in report.cells if cell is base or cell.number in words]
    cells = compared(kept, kept.index(base), report.headline)
    restricted = replace(report, cells=tuple(cells), reference=kept.index(base))
    changes = [Change(cell, words[cell.number]) for cell in cells if cell.number in words]
    return restricted, sorted(changes, key=lambda change: change.cell.contrast.difference)  # type: ignore[union-attr]  # all have one


def _change(report: SweepReport, base: CellResult, cell: CellResult) -> str | None:
    """What is other in `cell`, in words; None where that is more than one thing."""
    if report.index.kind == "ablate":
        return one_line(cell.label) if not base.values else None
    keys = [key for key in report.keys if cell.values.get(key) != base.values.get(key)]
    if len(keys) != 1:
        return None
    name = short_names(report.keys)[keys[0]]
    return f"{name}: {_shown(base.values.get(keys[0]))} -> {_shown(cell.values.get(keys[0]))}"


def _shown(value: Any) -> str:
    return one_line(told(value))
