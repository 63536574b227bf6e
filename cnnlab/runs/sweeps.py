"""The index of a sweep: which run folder holds which cell.

A sweep's folder is named like a run's, lies in the runs directory, and holds a run folder for each cell that has begun,
and sweep.json beside config.yaml and status.json:

    {"name": "rates", "kind": "grid", "keys": ["training.optimizer.learning_rate"], "repeats": [0, 1, 2],
     "cells": [{"hash": "<64 hex digits>", "label": "learning_rate=0.01", "folder": "20261121-235959_...",
                "values": {"training.optimizer.learning_rate": 0.01}}, ...], ...}

`repeats` are those that were last asked for. A cell is known by the hash of what decides its results. Where cells are
stopped early, `early_stop` holds the settings, race.jsonl the decisions, and a stopped cell has them beside its values:
"stopped": {"epoch": 4, "metric": "val_cross_entropy", "value": 0.41}.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError
from cnnlab.files import write_json
from cnnlab.reading import read_text
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.races import Heard, stopped_cells
from cnnlab.runs.status import writer_is_gone

FILE = "sweep.json"


@dataclass(frozen=True)
class CellEntry:
    """One cell: `folder` is the name of its run folder within the sweep's, which is there once it has begun.

    stopped: the figure by which the cell was stopped early, if it was.
    """

    hash: str
    label: str
    values: Mapping[str, Any]
    folder: str
    stopped: Heard | None = None

    def to_json(self) -> dict[str, Any]:
        """As sweep.json holds it."""
        plain = {"hash": self.hash, "label": self.label, "folder": self.folder, "values": self.values}
        return plain if self.stopped is None else {**plain, "stopped": self.stopped.figure()}


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
        plain = {k: v for k, v in asdict(self).items() if k != "more"}
        write_json(
            folder / FILE, plain | {"cells": [cell.to_json() for cell in self.cells]} | dict(self.more)
        )

    def with_stops(self, folder: Path) -> "SweepIndex":
        """The index with the cells that the race in `folder` has stopped so far; as it is, where there is no race."""
        stops = stopped_cells(folder) if self.more.get("early_stop") else {}
        cells = tuple(replace(cell, stopped=stops.get(cell.hash)) for cell in self.cells)
        return replace(self, cells=cells)


@dataclass(frozen=True)
class CellState:
    """Where a cell stands: done, running, partial, failed, interrupted, stopped, waiting or damaged."""

    entry: CellEntry
    path: Path
    status: str
    done: int  # of the repeats that were last asked for
    errors: tuple[str, ...] = ()

    @property
    def stopped(self) -> dict[str, Any] | None:
        """The figure that a stopped cell was stopped by: epoch, metric and value."""
        stop = self.entry.stopped if self.status == "stopped" else None
        return None if stop is None else stop.figure()


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
        index = SweepIndex(
            str(content["name"]),
            str(content["kind"]),
            tuple(map(str, content["keys"])),
            tuple(map(int, content["repeats"])),
            cells,
            {key: value for key, value in content.items() if key not in known},
        )
        return index.with_stops(path)
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
    if entry.stopped is not None and told != "done":  # it may have been trained to its end since
        told = "stopped"
    elif told == "stopped" and entry.stopped is None:  # by a race that is no longer asked for
        told = "interrupted"
    return CellState(entry, folder.path, told, done, errors)


def trainings(states: Sequence[CellState], repeats: int) -> int:
    """How many trainings a sweep is made of: all repeats of each cell, of a stopped one those that it has."""
    return sum(state.done if state.status == "stopped" else repeats for state in states)


def _harmless(name: Any) -> str:
    """The name of a folder within the sweep's, and no path out of it."""
    text = str(name)
    if text in {"", ".", ".."} or Path(text).name != text:
        raise ValueError(f"no name of a folder: {text!r}")
    return text
