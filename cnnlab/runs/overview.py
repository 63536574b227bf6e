"""One line on a run, read from as few files as can be: JSON alone, no config, no curves.

A list of a thousand runs is made of these, so nothing here raises for what a folder holds.
"""

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError
from cnnlab.reading import mapping, read_bytes
from cnnlab.runs.folder import NAME_PATTERN, RunFolder
from cnnlab.runs.read import as_number
from cnnlab.runs.status import writer_is_gone
from cnnlab.runs.sweeps import SweepIndex, cell_state, is_sweep, read_sweep, trainings
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
    """What a list tells of one run.

    status is that of status.json; "interrupted" when its process is gone, "damaged" when the file cannot be read.
    passed is the verdict of a verify run, cells the number of a sweep's, whose trainings are all counted. notes are
    parts of a sentence on what is odd about the folder.
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
    """Read what a list tells of the run folder at `path`; never fails."""
    folder, notes = RunFolder(path), list[str]()
    status = _read(folder.status.path, notes)
    summary = _read(folder.summary_json_path, notes, optional=True)
    environment = _read(folder.environment_path, notes)
    version = _text(environment.get("cnnlab"))
    if version and version != __version__:
        notes.append(f"written by cnnlab {version}")
    index = _index(path, notes) if is_sweep(path) else None
    kind = str(status.get("command") or ("verify" if folder.verify_path.exists() else "train"))
    repeats = [entry for entry in mapping(status.get("repeats")).values() if isinstance(entry, dict)]
    done, planned = sum(entry.get("status") == "done" for entry in repeats), len(repeats)
    if index is not None:
        states = [cell_state(path, cell, index.repeats) for cell in index.cells]
        planned = trainings(states, len(index.repeats))
        done = sum(state.done for state in states)
    data = mapping(environment.get("data"))
    return Overview(
        path=path,
        name=str(summary.get("name") or (index.name if index else folder.name)),
        kind=kind,
        status=_status(status, notes),
        started=_text(status.get("started")) or _stamp(path),
        done=done,
        planned=planned,
        headline=_summarised(summary) or _counted(folder) if kind == "train" else None,
        passed=_passed(folder) if kind == "verify" else None,
        dataset=_text(data.get("dataset")),
        bundled_for=_text(data.get("bundled_for")),
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
    """Return those whose name contains or matches `name`, with such a status, started at or after `since`."""
    return [
        one
        for one in overviews
        if (name is None or name in one.name or fnmatch(one.name, name))
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


def _status(status: Mapping[str, Any], notes: list[str]) -> str:
    if writer_is_gone(status):
        notes.append("its process is gone")
        return "interrupted"
    return _text(status.get("status")) or "damaged"


def _read(path: Path, notes: list[str], *, optional: bool = False) -> Mapping[str, Any]:
    """Return a JSON file's object; empty, with a note, when there is none."""
    try:
        content = json.loads(read_bytes(path))
    except FileNotFoundError:
        if not optional:
            notes.append(f"{path.name} is missing")
        return {}
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        notes.append(f"{path.name} is damaged")
    return mapping(content)


def _summarised(summary: Mapping[str, Any]) -> Headline | None:
    """The headline out of summary.json."""
    for split, metric in HEADLINES:
        entry = mapping(mapping(mapping(summary.get("metrics")).get(split)).get(metric))
        mean, n = as_number(entry.get("mean")), entry.get("n")
        if mean is not None and isinstance(n, int):
            return Headline(split, metric, n, mean, as_number(entry.get("sd")))
    return None


def _counted(folder: RunFolder) -> Headline | None:
    """The headline of a run that has no summary yet, out of its finished repeats."""
    results = [_read(repeat.result_path, []) for repeat in folder.repeat_folders()]
    for split, metric in HEADLINES:
        found = (mapping(mapping(result.get("metrics")).get(split)).get(metric) for result in results)
        values = [value for value in map(as_number, found) if value is not None and math.isfinite(value)]
        if values:
            sd = statistics.stdev(values) if len(values) > 1 else None
            return Headline(split, metric, len(values), statistics.mean(values), sd)
    return None


def _index(path: Path, notes: list[str]) -> SweepIndex | None:
    try:
        return read_sweep(path)
    except RunError:
        notes.append("sweep.json is damaged")
        return None


def _passed(folder: RunFolder) -> bool | None:
    passed = _read(folder.verify_path, []).get("passed")
    return passed if isinstance(passed, bool) else None


def _stamp(path: Path) -> str | None:
    """The start out of the folder's name."""
    match = NAME_PATTERN.fullmatch(path.name)
    try:
        return datetime.strptime(match["stamp"], "%Y%m%d-%H%M%S").isoformat() if match else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
