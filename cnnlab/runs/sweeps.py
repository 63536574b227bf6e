"""The index of a sweep: which run folder holds which cell.

A sweep's folder is named like a run's, lies in the runs directory, and holds a run folder for each cell that has begun,
and sweep.json beside config.yaml and status.json:

    {"name": "rates", "kind": "grid", "keys": ["training.optimizer.learning_rate"], "repeats": [0, 1, 2],
     "cells": [{"hash": "<64 hex digits>", "label": "learning_rate=0.01", "folder": "20261121-235959_...",
                "values": {"training.optimizer.learning_rate": 0.01}}, ...], ...}

`repeats` are those that were last asked for. A cell is known by the hash of what decides its results.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError
from cnnlab.runs.atomic import write_json
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.reading import read_text
from cnnlab.runs.status import writer_is_gone

FILE = "sweep.json"


@dataclass(frozen=True)
class CellEntry:
    """One cell: `folder` is the name of its run folder within the sweep's, which is there once it has begun."""

    hash: str
    label: str
    values: Mapping[str, Any]
    folder: str


@dataclass(frozen=True)
class SweepIndex:
    """The content of sweep.json; `more` is what a later start needs beside it."""

    name: str
    kind: str  # grid, ablate
    keys: tuple[str, ...]
    repeats: tuple[int, ...]
    cells: tuple[CellEntry, ...]
    more: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write sweep.json into a sweep's folder."""
        write_json(folder / FILE, {k: v for k, v in asdict(self).items() if k != "more"} | dict(self.more))


@dataclass(frozen=True)
class CellState:
    """Where a cell stands: done, running, partial, failed, interrupted, waiting or damaged."""

    entry: CellEntry
    path: Path
    status: str
    done: int  # of the repeats that were last asked for
    errors: tuple[str, ...] = ()


def is_sweep(path: Path) -> bool:
    """Whether `path` is a sweep's folder."""
    try:
        return (path / FILE).is_file()
    except OSError:
        return False


def read_sweep(path: Path) -> SweepIndex:
    """Read a sweep's index; raises RunError where it cannot be read."""
    try:
        content = json.loads(read_text(path / FILE))
        cells = tuple(
            CellEntry(str(c["hash"]), str(c["label"]), dict(c["values"]), _harmless(c["folder"]))
            for c in content["cells"]
        )
        known = ("name", "kind", "keys", "repeats", "cells")
        return SweepIndex(
            str(content["name"]),
            str(content["kind"]),
            tuple(map(str, content["keys"])),
            tuple(map(int, content["repeats"])),
            cells,
            {key: value for key, value in content.items() if key not in known},
        )
    except OSError as error:
        raise RunError(f"Cannot read {path / FILE}: {error.strerror or error}.") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise RunError(f"{path / FILE} is damaged: it is no index of a sweep.") from error


def cell_paths(path: Path) -> list[Path]:
    """The run folders of those cells that have begun, in the order of the index."""
    return [path / cell.folder for cell in read_sweep(path).cells if has_begun(path / cell.folder)]


def has_begun(path: Path) -> bool:
    """Whether a cell's folder is a run's: its status is written first of all."""
    try:
        return (path / "status.json").is_file()
    except OSError:
        return False


def cell_state(path: Path, entry: CellEntry, repeats: Sequence[int]) -> CellState:
    """Where the cell `entry` of the sweep at `path` stands; never fails."""
    folder = RunFolder(path / entry.folder)
    if not has_begun(folder.path):
        return CellState(entry, folder.path, "waiting", 0)
    try:
        status = folder.status.read()
    except RunError:
        return CellState(entry, folder.path, "damaged", 0)
    states = {k: state for k, state in status["repeats"].items() if isinstance(state, dict)}
    done = sum(states.get(str(k), {}).get("status") == "done" for k in repeats)
    errors = tuple(f"repeat {k}: {s.get('error')}" for k, s in states.items() if s.get("status") == "failed")
    told = "interrupted" if writer_is_gone(status) else str(status.get("status") or "damaged")
    if told == "done" and done < len(repeats):
        told = "partial"
    return CellState(entry, folder.path, told, done, errors)


def _harmless(name: Any) -> str:
    """The name of a folder within the sweep's, and no path out of it."""
    text = str(name)
    if text in {"", ".", ".."} or Path(text).name != text:
        raise ValueError(f"no name of a folder: {text!r}")
    return text
