"""One line on a run, read from as few files as can be: JSON alone, no config, no curves.

A list of a thousand runs is made of these, so nothing here raises for what a folder holds.
"""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path

from cnnlab.errors import RunError, printable
from cnnlab.runs.environment import Environment
from cnnlab.runs.folder import NAME_PATTERN, RunFolder
from cnnlab.runs.record import R, read_record
from cnnlab.runs.result import Result
from cnnlab.runs.status import Status
from cnnlab.runs.summary import RunSummary, sample_sd
from cnnlab.runs.sweeps import SweepIndex, cell_state, is_sweep, read_sweep, trainings
from cnnlab.runs.verification import Verdict
from cnnlab.version import __version__

HEADLINES = (("test", "accuracy"), ("validation", "accuracy"))
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Headline:
    """The figure that a list shows: mean and sample sd of one metric over n repeats."""

    split: str
    metric: str
    n: int
    mean: float
    sd: float | None


@dataclass(frozen=True)
class Overview:
    """What a list shows of one run.

    status is that of status.json; "interrupted" when its process is gone, "damaged" when the file cannot be read.
    passed is the verdict of a verify run or a judge run, cells the number of a sweep's, whose trainings are all
    counted. notes are parts of a sentence on what is odd about the folder.
    """

    path: Path
    name: str
    kind: str
    status: str
    started: str | None
    done: int
    planned: int
    headline: Headline | None
    passed: bool | None
    dataset: str | None
    bundled_for: str | None
    notes: tuple[str, ...]
    cells: int | None = None


def overview(path: Path) -> Overview:
    """Read what a list shows of the run folder at `path`; never fails."""
    folder, notes = RunFolder(path), list[str]()
    status = read_record(Status, folder.status.path, notes) or Status()
    summary = _read_if_there(RunSummary, folder.summary_json_path, notes) or RunSummary()
    environment = read_record(Environment, folder.environment_path, notes) or Environment()
    if environment.cnnlab and environment.cnnlab != __version__:
        notes.append(f"written by cnnlab {environment.cnnlab}")
    if status.writer_is_gone:
        notes.append("its process is gone")
    index = _index(path, notes) if is_sweep(path) else None
    kind = status.command or ("verify" if folder.verify_path.exists() else "train")
    verdicts = {"verify": folder.verify_path, "judge": folder.judgement_path}
    done, planned = status.done, len(status.repeats)
    if index is not None:
        states = [cell_state(path, cell, index.repeats) for cell in index.cells]
        planned = trainings(states, len(index.repeats))
        done = sum(state.done for state in states)
    return Overview(
        path=path,
        name=summary.name or (index.name if index else printable(folder.name)),
        kind=kind,
        status=status.current or "damaged",
        started=status.started or _stamp(path),
        done=done,
        planned=planned,
        headline=_summarised(summary) or _counted(folder) if kind == "train" else None,
        passed=_passed(verdicts[kind]) if kind in verdicts else None,
        dataset=environment.data.dataset,
        bundled_for=environment.data.bundled_for,
        notes=tuple(notes),
        cells=len(index.cells) if index is not None else None,
    )


def chosen(
    overviews: Iterable[Overview],
    *,
    name: str | None = None,
    statuses: Sequence[str] = (),
    since: datetime | None = None,
) -> list[Overview]:
    """Return those whose name, or a part of it, matches `name`, with such a status, started at or after `since`."""
    return [
        one
        for one in overviews
        if (name is None or name in one.name or fnmatch(one.name, f"*{name}*"))
        and (not statuses or one.status in statuses)
        and (since is None or ((start := start_of(one)) is not None and start >= since))
    ]


def start_of(one: Overview) -> datetime | None:
    """Return when the run started, with its offset from UTC; None where that is not known."""
    try:
        return datetime.fromisoformat(one.started or "").astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """Return the time that a person means: a date, a date and time, or an age such as 12h, 7d, 2w.

    Raises RunError for anything else.
    """
    now = (now or datetime.now()).astimezone()
    number, unit = text[:-1], text[-1:]
    try:
        if unit in UNITS and number.isascii() and number.isdigit():
            return now - timedelta(**{UNITS[unit]: int(number)})
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise RunError(
            f"--since expects a date such as {now:%Y-%m-%d}, with or without a time, or an age such as 12h, 7d "
            f"or 2w; got '{text}'."
        ) from None


def _read_if_there(kind: type[R], path: Path, notes: list[str]) -> R | None:
    """As `read_record`, without a note where the file is missing."""
    return read_record(kind, path, notes) if path.exists() else None


def _summarised(summary: RunSummary) -> Headline | None:
    """The headline out of summary.json."""
    for split, metric in HEADLINES:
        one = summary.metrics.get(split, {}).get(metric)
        if one is not None and one.mean is not None:
            return Headline(split, metric, one.n, one.mean, one.sd)
    return None


def _counted(folder: RunFolder) -> Headline | None:
    """The headline of a run that has no summary yet, out of its finished repeats."""
    paths = [repeat.result_path for repeat in folder.repeat_folders()]
    results = [result for path in paths if (result := read_record(Result, path, [])) is not None]
    for split, metric in HEADLINES:
        found = (result.metrics.get(split, {}).get(metric) for result in results)
        values = [value for value in found if value is not None and math.isfinite(value)]
        if values:  # no interval, which would need SciPy
            return Headline(split, metric, len(values), statistics.mean(values), sample_sd(values))
    return None


def _index(path: Path, notes: list[str]) -> SweepIndex | None:
    try:
        return read_sweep(path)
    except RunError:
        notes.append("sweep.json is damaged")
        return None


def _passed(path: Path) -> bool | None:
    verdict = _read_if_there(Verdict, path, [])
    return None if verdict is None else verdict.passed


def _stamp(path: Path) -> str | None:
    """The start out of the folder's name."""
    match = NAME_PATTERN.fullmatch(path.name)
    try:
        return datetime.strptime(match["stamp"], "%Y%m%d-%H%M%S").isoformat() if match else None
    except ValueError:
        return None
