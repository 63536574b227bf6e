"""race.jsonl: the figures by which the cells of a sweep race, and which cells were stopped by them.

It lies in the sweep's folder, one line for each figure that a decision was made on, in the order of the decisions:

    {"cell": "<64 hex digits>", "epoch": 4, "metric": "val_cross_entropy", "value": 0.41, "stopped": false}

A line counts once its line break is written, as in metrics.csv.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError
from cnnlab.files import append_text, flush, to_json_text, write_text
from cnnlab.reading import read_text
from cnnlab.runs.record import Count, Flag, Record, harmless

FILE = "race.jsonl"


class Stop(Record):
    """The validation figure that a cell was stopped by."""

    epoch: Count
    metric: str
    value: float

    def figure(self) -> dict[str, Any]:
        """Epoch, metric and value, as plain data."""
        return {"epoch": self.epoch, "metric": self.metric, "value": self.value}

    def __str__(self) -> str:
        """In words."""
        return figure_in_words(self.figure())


class RaceFigure(Stop):
    """A validation figure of a cell, known by its hash, and whether the cell was stopped by it."""

    cell: str
    stopped: Flag


def figure_in_words(figure: Mapping[str, Any]) -> str:
    """What `Stop.figure` gives, for a person to read."""
    return f"epoch {figure['epoch']}, {figure['metric']} {figure['value']:.4g}"


class RaceLog:
    """Appends lines to a sweep's race.jsonl."""

    def __init__(self, folder: Path, forgotten: Collection[str] = ()) -> None:
        """Continue the file in the sweep's `folder`, without a half-written line, and without `forgotten` cells."""
        self.path = folder / FILE
        self.figures = [one for one in read_race(folder) if one.cell not in forgotten]
        if self.path.exists():
            write_text(self.path, "".join(map(_line, self.figures)))

    def append(self, figure: RaceFigure) -> None:
        """Add one line, onto the disk; raises RunError when it refuses."""
        append_text(self.path, _line(figure))
        flush(self.path)
        self.figures.append(figure)


def read_race(folder: Path) -> list[RaceFigure]:
    """The content of the race.jsonl in `folder`; nothing without one. Raises RunError when it cannot be read."""
    try:
        text = read_text(folder / FILE)
        whole = text[: text.rfind("\n") + 1].splitlines()
        return [RaceFigure.model_validate(harmless(json.loads(line))) for line in whole]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"Cannot read {folder / FILE}: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{folder / FILE} is damaged: it is not the record of a race.") from error


def stopped_cells(folder: Path) -> dict[str, Stop]:
    """By the hash of each cell that was stopped, the figure that it was stopped by."""
    return {
        one.cell: Stop(epoch=one.epoch, metric=one.metric, value=one.value)
        for one in read_race(folder)
        if one.stopped
    }


def _line(figure: RaceFigure) -> str:
    return to_json_text(figure) + "\n"
