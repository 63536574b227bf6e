"""From a checked config to a plan: data are read, what depends on the machine is resolved, earlier starts are found."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cnnlab.backends import choose
from cnnlab.config.identity import cell_hash
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.errors import ConfigError, DataError, RunError, counted
from cnnlab.executors.threads import resolve_threads
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.plan import CellPlan, Experiment, Plan, SweepSource
from cnnlab.experiments.race import REPEAT, require_race
from cnnlab.experiments.recorded import finished_repeats, require_same_config, require_same_data
from cnnlab.runs.find import list_runs
from cnnlab.runs.folder import slug
from cnnlab.runs.lock import RunLock
from cnnlab.runs.races import stopped_cells
from cnnlab.runs.read import load_run
from cnnlab.runs.sweeps import CellEntry, SweepIndex, cell_state, has_begun, is_sweep, read_sweep
from cnnlab.training.length import with_epochs
from cnnlab.training.prepare import load_data, require_fit

CELL_THREADS = 1  # where the config leaves them to cnnlab: however many cells there are, or come to be

Cells = dict[str, CellPlan]
"""By the hash of what decides each cell's results, without the folders of earlier starts."""


@contextlib.contextmanager
def planned(experiment: Experiment, launch: Launch) -> Iterator[Plan]:
    """Yield the plan of a run or a sweep; a sweep's folder, if there is one already, is held by this process meanwhile.

    Raises ConfigError where it cannot be done here, DataError when data are missing or are others than at the start,
    RunError when another process holds the folder.
    """
    repeats = _repeats(experiment, launch)
    if experiment.sweep is None:
        yield Plan(experiment, launch, repeats, (_cell_of_run(experiment, launch, repeats),))
        return
    cells = _cells(experiment.sweep, launch, repeats)
    if experiment.race is not None:
        require_race(experiment.race, list(cells.values()))
    folder = experiment.sweep.folder or _with_shared_cells(
        experiment.config.name, experiment.sweep, launch, cells
    )
    if folder is None or not is_sweep(folder):
        yield Plan(experiment, launch, repeats, tuple(cells.values()))
        return
    with RunLock(folder):
        index = read_sweep(folder)
        found = tuple(_as_begun(folder, index, cells, racing=experiment.race is not None))
        known = {entry.hash: entry for entry in index.cells}
        former = [e for key, e in known.items() if key not in cells and has_begun(folder / e.folder)]
        yield Plan(experiment, launch, repeats, found, folder, tuple(former))


def new_cell(config: Config, data: Dataset, repeats: tuple[int, ...], path: Path) -> CellPlan:
    """A run as a cell by itself."""
    entry = CellEntry(hash=cell_hash(config), label=config.name, folder=path.name or "run", values={})
    return CellPlan(entry, path, config, data, repeats)


def _repeats(experiment: Experiment, launch: Launch) -> tuple[int, ...]:
    """The repeats to train of each cell; raises ConfigError where the config has not the one that is asked for."""
    only, count = launch.only_repeat, experiment.config.repeats
    if only is None:
        return tuple(range(count))
    if not 0 <= only < count:
        raise ConfigError(
            f"--only-repeat {only}: expected 0 to {count - 1}, for the config has {counted(count, 'repeat')}."
        )
    if only != REPEAT and experiment.race is not None:
        raise ConfigError(
            f"--only-repeat {only}: the cells race in repeat {REPEAT} (sweep.early_stop), which decides whose others "
            "are run: leave one of them out."
        )
    return (only,)


def _cell_of_run(experiment: Experiment, launch: Launch, repeats: tuple[int, ...]) -> CellPlan:
    config = experiment.config
    choose(config.training.backend)  # raises where it is not installed
    config = config.with_training(threads=resolve_threads(config.training.threads, config.repeats))
    data = load_data(config, launch.data_dir)
    _require_fit(config, data)
    return new_cell(with_epochs(config, data), data, repeats, launch.runs_dir)


def _require_fit(config: Config, data: Dataset) -> None:
    try:
        require_fit(config, data)
    except ConfigError as error:
        raise ConfigError(f"{config.name}: {error}") from None


def _cells(source: SweepSource, launch: Launch, repeats: tuple[int, ...]) -> Cells:
    """Every cell as a run, equal ones once; each data set is read once."""
    configs = [cell.config for cell in source.cells]
    for backend in {config.training.backend for config in configs}:
        choose(backend)
    choose(configs[0].training.backend)
    loaded: dict[Any, Dataset] = {}
    cells: Cells = {}
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    for cell in source.cells:
        config = cell.config
        if config.training.threads == "auto":
            config = config.with_training(threads=CELL_THREADS)
        key = config.data.dataset.name, config.data.dataset.parameters.model_dump_json()
        if key not in loaded:
            loaded[key] = load_data(config, launch.data_dir)
        _require_fit(config, loaded[key])
        config = with_epochs(config, loaded[key])
        identity = cell_hash(config)
        name = f"{stamp}_{slug(cell.label)}_{identity[:8]}"
        entry = CellEntry(hash=identity, label=cell.label, folder=name, values=dict(cell.values))
        cells.setdefault(identity, CellPlan(entry, Path(name), config, loaded[key], repeats))
    return cells


def _with_shared_cells(name: str, source: SweepSource, launch: Launch, cells: Cells) -> Path | None:
    """The newest sweep of that name and those keys that has one of these cells, on the same data."""
    for path in filter(is_sweep, list_runs(launch.runs_dir)):
        try:
            index = read_sweep(path)
            same_keys = source.kind == "ablate" or set(index.keys) == set(source.settings.keys())
            shared = any(entry.hash in cells for entry in index.cells)
            if index.name == name and index.kind == source.kind and same_keys and shared:
                _as_begun(path, index, cells, racing=False)
                return path
        except (RunError, DataError):
            continue  # damaged, or on other data: a new one, then
    return None


def _as_begun(folder: Path, index: SweepIndex, cells: Cells, *, racing: bool) -> list[CellPlan]:
    """The cells as far as an earlier start has trained them.

    racing: whether cells that were stopped early stay so; else they are trained to their end.
    """
    known = {entry.hash: entry for entry in index.cells}
    stops = stopped_cells(folder) if racing else {}
    found = []
    for identity, new in cells.items():
        entry = new.entry
        if identity in known:
            entry = entry.model_copy(update={"folder": known[identity].folder})
        cell = replace(new, entry=entry, path=folder / entry.folder)
        if has_begun(cell.path):
            entry = entry.model_copy(update={"stopped": stops.get(identity)})
            stopped = cell_state(folder, entry, cell.repeats).status == "stopped"
            cell = _continued(replace(cell, entry=entry, stopped=stopped))
        found.append(cell)
    return found


def _continued(cell: CellPlan) -> CellPlan:
    """A cell that has a run folder: finished repeats stay, more than are asked for too."""
    run = load_run(cell.path)
    require_same_config(run, cell.config)
    require_same_data(run, cell.data)
    done = finished_repeats(run)
    repeats = tuple(sorted({*cell.repeats, *done}))
    config = cell.config.model_copy(update={"repeats": max(cell.config.repeats, repeats[-1] + 1)})
    return replace(cell, config=config, repeats=repeats, done=done, begun=True)
