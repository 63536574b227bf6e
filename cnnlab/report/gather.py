"""What a report of runs is of: each run or pool, and, if asked for, their comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlab.report.collect import RunReport, collect_runs
from cnnlab.report.comparison import Comparison, compare
from cnnlab.report.groups import group_runs
from cnnlab.runs.read import Run, load_run


@dataclass(frozen=True)
class Gathered:
    """Runs or pools, as read. notes are sentences on what is left out."""

    reports: tuple[RunReport, ...]
    comparison: Comparison | None
    notes: tuple[str, ...]


def gather(
    paths: Sequence[str | Path], *, group: bool = False, side_by_side: bool = False, notes: Sequence[str] = ()
) -> Gathered:
    """Read run folders for a report.

    group pools the runs, which have to be of one experiment; with side_by_side, those of each experiment, and
    then compares the pools. side_by_side alone compares the runs as they are. Raises RunError when a folder is
    missing, when runs must not be pooled, and when there are not two sides to compare.
    """
    runs, left_out = _trained([load_run(path) for path in paths], only=group or side_by_side)
    pools = _pools(runs, group, side_by_side)
    reports = tuple(collect_runs(pool) for pool in pools)
    comparison = compare(reports) if side_by_side else None
    return Gathered(reports, comparison, (*notes, *left_out))


def _pools(runs: list[Run], group: bool, side_by_side: bool) -> list[list[Run]]:
    if group and side_by_side:
        return group_runs(runs)
    return [runs] if group else [[run] for run in runs]


def _trained(runs: list[Run], only: bool) -> tuple[list[Run], list[str]]:
    """The runs, without those that have no repeats to pool or compare where `only` such are wanted."""
    kept = [run for run in runs if not only or run.kind not in ("verify", "judge")]
    if not kept:
        return runs, []
    return kept, [
        f"{run.path.name} is a {run.kind} run, without repeats: left out" for run in runs if run not in kept
    ]
