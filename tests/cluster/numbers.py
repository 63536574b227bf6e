"""What must be the same whoever trained."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np


def numbers(run: Path) -> dict[str, Any]:
    """All that a run has found out, but for how long it took and how much memory."""
    found: dict[str, Any] = {}
    for repeat in sorted((run / "repeats").iterdir()):
        result = json.loads((repeat / "result.json").read_text())
        with (repeat / "metrics.csv").open() as file:
            curves = [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]
        with np.load(repeat / "predictions.npz") as stored:
            predictions = {name: stored[name].tobytes() for name in stored.files}
        kept = {k: v for k, v in result.items() if k not in {"seconds", "peak_memory_bytes"}}
        found[repeat.name] = {"result": kept, "curves": curves, "predictions": predictions}
    return found


def numbers_of_cells(sweep: Path) -> dict[str, Any]:
    """The same of every cell of a sweep, by the cell's name without the time of its start."""
    cells = [path.parent for path in sorted(sweep.glob("*/repeats"))]
    return {cell.name.partition("_")[2]: numbers(cell) for cell in cells}
