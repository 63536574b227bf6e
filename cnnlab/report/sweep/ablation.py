"""What each single change brings: the cells that differ from the baseline in one thing alone."""

from dataclasses import replace

from cnnlab.config.sweep_labels import short_names, value_text
from cnnlab.errors import RunError
from cnnlab.report.sweep.collect import CellResult, SweepReport, compared


def ablation(report: SweepReport) -> SweepReport:
    """The cells that differ from the baseline in one swept key, or by one named change, and the baseline.

    p values are adjusted for their number. Raises RunError where there is no such cell.
    """
    base = report.baseline
    if base is None:
        raise RunError(f"{report.path}: no cell has a result yet, so that there is nothing to compare.")
    changes = {
        cell.number: change
        for cell in report.cells
        if cell is not base and cell.contrast is not None and (change := _change(report, base, cell))
    }
    if not changes:
        raise RunError(
            f"--ablation: no finished cell differs from {base.label} in one key alone. Name another with --baseline, "
            "or sweep with 'ablate', which removes one thing at a time."
        )
    kept = [cell for cell in report.cells if cell is base or cell.number in changes]
    reference = kept.index(base)
    cells = tuple(compared(kept, reference, report.headline))
    return replace(report, cells=cells, reference=reference, changes=changes)


def _change(report: SweepReport, base: CellResult, cell: CellResult) -> str | None:
    """What is different in `cell`; None where that is more than one thing."""
    if report.index.kind == "ablate":
        return cell.label if not base.values else None
    keys = [key for key in report.keys if cell.values.get(key) != base.values.get(key)]
    if len(keys) != 1:
        return None
    values = [value_text(one.values.get(keys[0])) for one in (base, cell)]
    return f"{short_names(report.keys)[keys[0]]}: {values[0]} -> {values[1]}"
