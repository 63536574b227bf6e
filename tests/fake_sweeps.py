"""Sweep folders like those that training writes, made without Keras."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from cnnlab.config.sweep_labels import short_names, value_text
from cnnlab.files import write_json, write_text
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.summary_files import write_summary
from cnnlab.runs.sweeps import CellEntry, SweepIndex
from tests.fake_runs import MNIST, make_run

START = datetime(2026, 11, 23, 12)
RATE = "training.optimizer.learning_rate"


def make_sweep(
    runs_dir,
    grid,
    accuracy,
    *,
    repeats=3,
    name="rates",
    noise=0.004,
    cells=None,
    kind="grid",
    begun=None,
    **run,
):
    """Make a finished sweep, and return its folder.

    grid: by dotted key its values; or `cells`, by label the values of each. accuracy: a function of a cell's values, to
    which each repeat adds its own luck, the same in every cell, and noise. begun: how many cells have a run folder.
    """
    if cells is None:
        names = short_names(list(grid))
        rows = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
        cells = {", ".join(f"{names[k]}={value_text(v)}" for k, v in row.items()): row for row in rows}
    keys = tuple(dict.fromkeys(key for values in cells.values() for key in values))
    folder = RunFolder.create(runs_dir, name, "5eeb0000", START)
    folder.status.start("sweep", ())
    write_text(folder.config_path, f"name: {name}\n")
    write_json(folder.environment_path, {"cnnlab": "0.1.0", "data": MNIST, "command": "cnnlab train"})
    luck = np.random.default_rng(7).normal(0, 0.02, repeats)
    entries = []
    for number, (label, values) in enumerate(cells.items()):
        rng = np.random.default_rng([11, number])
        figures = np.clip(accuracy(values) + luck + rng.normal(0, noise, repeats), 0, 1)
        told_apart = f"{number:08x}"
        made = Path(f"{START:%Y%m%d-%H%M%S}_cell_{told_apart}")
        if begun is None or number < begun:
            settings = {"training": {"epochs": 12, "seen": str(values)}}
            cell = make_run(
                folder.path, [float(f) for f in figures], name=f"{name}: {label}", published=None,
                now=START + timedelta(seconds=number), settings=settings, experiment=told_apart * 8, **run,
            )  # fmt: skip
            write_summary(cell.path)
            made = cell.path
        entries.append(CellEntry(hash=told_apart * 8, label=label, values=values, folder=made.name))
    index = SweepIndex(
        name=name,
        kind=kind,
        keys=keys,
        repeats=tuple(range(repeats)),
        cells=tuple(entries),
        asked=len(entries),
        directory=str(runs_dir),
    )
    index.write(folder.path)
    folder.status.finish("done" if begun is None else "interrupted")
    return folder.path
