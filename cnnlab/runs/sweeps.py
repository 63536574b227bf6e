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

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, JsonValue

from cnnlab.errors import RunError
from cnnlab.files import write_json
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.races import Stop, stopped_cells
from cnnlab.runs.record import Count, Flag, Record, RepeatNumber, read_object

FILE = "sweep.json"


def _folder_name(text: str) -> str:
    """The name of a folder within the sweep's, and no path out of it."""
    if text in {"", ".", ".."} or Path(text).name != text:
        raise ValueError(f"expected the name of a folder, got {text!r}")
    return text


class CellEntry(Record):
    """One cell: `folder` is the name of its run folder within the sweep's, which is there once it has begun.

    values: by dotted key. stopped: the figure by which the cell was stopped early, if it was.
    """

    hash: str
    label: str
    folder: Annotated[str, AfterValidator(_folder_name)]
    values: dict[str, Any]
    stopped: Stop | None = None


class SweepIndex(Record):
    """The content of sweep.json.

    repeats: those that were last asked for. asked: how many of the cells were. The rest is what a later start needs.
    """

    name: str
    kind: Literal["grid", "ablate"]
    keys: tuple[str, ...]
    repeats: tuple[RepeatNumber, ...]
    cells: tuple[CellEntry, ...]
    asked: Count | None = None
    early_stop: JsonValue = None
    smoke: Flag = False
    bundled_for: str | None = None
    directory: str | None = None
    data_dir: str | None = None

    def write(self, folder: Path) -> None:
        """Write sweep.json into a sweep's folder."""
        write_json(folder / FILE, self)

    def with_stops(self, folder: Path) -> "SweepIndex":
        """The index with the cells that the race in `folder` has stopped so far; as it is, where there is no race."""
        stops = stopped_cells(folder) if self.early_stop else {}
        cells = tuple(cell.model_copy(update={"stopped": stops.get(cell.hash)}) for cell in self.cells)
        return self.model_copy(update={"cells": cells})


@dataclass(frozen=True)
class CellState:
    """The state of a cell: done, running, partial, failed, interrupted, stopped, waiting or damaged."""

    entry: CellEntry
    path: Path
    status: str
    done: int  # of the repeats that were last asked for
    errors: tuple[str, ...] = ()

    @property
    def stopped(self) -> Stop | None:
        """The figure that a stopped cell was stopped by."""
        return self.entry.stopped if self.status == "stopped" else None


def is_sweep(path: Path) -> bool:
    """Whether `path` is a sweep's folder."""
    try:
        return (path / FILE).is_file()
    except OSError:
        return False


def read_sweep(path: Path) -> SweepIndex:
    """Read a sweep's index; raises RunError where it cannot be read, or any part of it is damaged."""
    try:
        index = SweepIndex.model_validate(read_object(path / FILE))
    except OSError as error:
        raise RunError(f"Cannot read {path / FILE}: {error.strerror or error}.") from error
    except ValueError as error:
        raise RunError(f"{path / FILE} is damaged: it is not the index of a sweep.") from error
    return index.with_stops(path)


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
    """The state of the cell `entry` of the sweep at `path`; never fails."""
    folder = RunFolder(path / entry.folder)
    if not has_begun(folder.path):
        return CellState(entry, folder.path, "waiting", 0)
    try:
        status = folder.status.read()
    except RunError:
        return CellState(entry, folder.path, "damaged", 0)
    repeat_statuses = [status.repeats[k].status for k in repeats if k in status.repeats]
    done = repeat_statuses.count("done")
    errors = tuple(f"repeat {k}: {error}" for k, error in status.errors.items())
    state = status.current or "damaged"
    if state == "done" and done < len(repeats):
        state = "partial"
    if entry.stopped is not None and state != "done":  # it may have been trained to its end since
        state = "stopped"
    elif state == "stopped" and entry.stopped is None:  # by a race that is no longer asked for
        state = "interrupted"
    return CellState(entry, folder.path, state, done, errors)


def trainings(states: Sequence[CellState], repeats: int) -> int:
    """How many trainings a sweep is made of: all repeats of each cell, of a stopped one those that it has."""
    return sum(state.done if state.status == "stopped" else repeats for state in states)
