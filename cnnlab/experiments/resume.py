"""Resuming: what a run or a sweep is, from its folder alone, and whether it would still give the same results."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnlab.backends import choose
from cnnlab.config.identity import file_hash, run_hash
from cnnlab.config.load import check
from cnnlab.config.schema import Config
from cnnlab.config.source import read_document
from cnnlab.errors import RunError
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.plan import CellPlan, Experiment, Plan
from cnnlab.experiments.planning import new_cell, planned
from cnnlab.experiments.recorded import (
    finished_repeats,
    planned_repeats,
    require_same_config,
    require_same_data,
)
from cnnlab.runs.find import list_runs
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import RunLock
from cnnlab.runs.read import Run, load_run
from cnnlab.runs.sweeps import is_sweep, read_sweep
from cnnlab.training.prepare import load_data


@contextlib.contextmanager
def resumed(folder: Path, launch: Launch) -> Iterator[Plan]:
    """Yield the plan of what is left to do in a run or a sweep, whose folder is held by this process meanwhile.

    launch: what may differ from the start: nothing that changes a result. Raises RunError when another process holds
    the folder, or when it is not as it was left; ConfigError when its config cannot be read; DataError when its data
    are missing or are others than at the start.
    """
    run = load_run(folder)
    if run.kind == "verify":
        raise RunError(f"Cannot resume {run.path}: it is a {run.kind} run; start it anew.")
    if not RunFolder(run.path).config_path.is_file():
        raise RunError(
            f"Cannot resume {run.path}: its config.yaml, which says what to train, is missing; start it anew."
        )
    if is_sweep(folder):
        with _sweep(folder, launch) as plan:
            yield plan
        return
    with RunLock(run.path):
        yield _plan_of_run(load_run(run.path), launch)


def matching_runs(runs_dir: Path, cell: CellPlan) -> list[Run]:
    """The runs of the same config on the same data, newest first, that planned the repeats of `cell`, or more."""
    wanted = run_hash(cell.config)
    found = []
    for path in list_runs(runs_dir):
        if f"_{wanted[:8]}" not in path.name:
            continue
        run = load_run(path)
        same = run.environment.run_hash == wanted and run.data.sha256 == cell.data.sha256
        planned = planned_repeats(run, cell.config.repeats)
        if same and run.kind == "train" and set(cell.repeats) <= set(planned):
            found.append(run)
    return found


@contextlib.contextmanager
def _sweep(folder: Path, launch: Launch) -> Iterator[Plan]:
    index = read_sweep(folder)
    document = read_document(folder / "config.yaml")
    document.path = Path(index.directory or folder) / "config.yaml"
    experiment = Experiment.of(document, index.bundled_for, smoke=index.smoke)
    if experiment.sweep is None:
        raise RunError(f"Cannot resume {folder}: it is a sweep, but its config.yaml has no section sweep.")
    experiment = replace(experiment, sweep=replace(experiment.sweep, folder=folder))
    launch = replace(launch, data_dir=_data_dir(launch, index.data_dir), runs_dir=folder.parent)
    with planned(experiment, launch) as plan:
        known = {cell.entry.hash for cell in plan.cells}
        missing = [entry.label for entry in index.cells[: index.asked] if entry.hash not in known]
        if missing:
            raise RunError(
                f"Cannot resume {folder}: its config.yaml, an extension, or a default of cnnlab was changed since it "
                f"started, for the cell {missing[0]} is another now. Put it back, or start a new sweep."
            )
        yield plan


def _plan_of_run(run: Run, launch: Launch) -> Plan:
    config = _config(run)
    launch = replace(launch, data_dir=_data_dir(launch, run.environment.data_dir), runs_dir=run.path.parent)
    choose(config.training.backend)
    data = load_data(config, launch.data_dir)
    require_same_config(run, config)
    require_same_data(run, data)
    repeats = planned_repeats(run, config.repeats)
    done = tuple(k for k in finished_repeats(run) if k in repeats)
    cell = replace(new_cell(config, data, repeats, run.path), done=done, begun=True)
    return Plan(Experiment(config, run.data.bundled_for), launch, repeats, (cell,), run.path)


def _data_dir(launch: Launch, recorded: str | None) -> Path | None:
    """Where the data lie: as the launch says, else where they lay at the start."""
    return launch.data_dir or (None if recorded is None else Path(recorded))


def _config(run: Run) -> Config:
    """The run's config, with the copies of its extensions; RunError when it is not as it was."""
    path = RunFolder(run.path).config_path
    document = read_document(path)
    if isinstance(document.value, dict) and isinstance(document.value.get("extensions"), list):
        document.value["extensions"] = [_copy(run, original) for original in document.value["extensions"]]
    config = check(document)
    if run.environment.run_hash not in (None, run_hash(config)):
        raise RunError(
            f"Cannot resume {run.path}: its config.yaml, or an extension, was changed since the run started. Put it "
            f"back, or start a new run with cnnlab train --config {path}."
        )
    return config


def _copy(run: Run, original: Any) -> Any:
    """The run's own copy of an extension file, as long as it is one; else the path as it stands."""
    copy = run.path / "extensions" / Path(str(original)).name
    known = run.environment.extensions.get(str(original))
    return str(copy) if copy.is_file() and file_hash(copy) == known else original
