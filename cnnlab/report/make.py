"""The report that a person asks for: of runs, of pools, of runs side by side, or of a sweep."""

from collections.abc import Sequence
from pathlib import Path

from cnnlab.errors import ConfigError
from cnnlab.report.builders.report import build_report
from cnnlab.report.builders.sweep import sweep_document
from cnnlab.report.document import Document
from cnnlab.report.gather import gather
from cnnlab.report.selection import select_runs, sweep_among
from cnnlab.report.sweep.ablation import ablation as single_changes
from cnnlab.report.sweep.collect import collect_sweep


def make_report(
    words: Sequence[str],
    runs_dir: Path,
    *,
    group: bool = False,
    compare: bool = False,
    baseline: str | None = None,
    ablation: bool = False,
) -> Document:
    """Return the report of the runs that `words` mean; without words of the newest.

    group: pool the repeats of one experiment. compare: set runs, or pools, side by side. baseline, ablation: of a
    sweep, the cell that the others are compared with, and only those that differ from it in one thing. Raises
    RunError where the runs are missing or do not fit, ConfigError where an option is for a sweep and there is none.
    """
    chosen, sweep = sweep_among(select_runs(words, runs_dir), cells=group or compare)
    if sweep is not None:
        found = collect_sweep(sweep, baseline)
        return sweep_document(single_changes(found) if ablation else found)
    if baseline is not None or ablation:
        raise ConfigError(
            f"{'--ablation' if ablation else '--baseline'} is for the report of a sweep: name its folder."
        )
    return build_report(gather(chosen.paths, group=group, side_by_side=compare, notes=chosen.notes))
