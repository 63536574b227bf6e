"""What a sweep has to do: its cells, each a run of its own, less what an earlier start has finished."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from cnnlab.backends import choose
from cnnlab.config.identity import cell_hash
from cnnlab.config.load import plain_to_yaml
from cnnlab.config.schema import Config
from cnnlab.config.source import Document
from cnnlab.config.sweep import Cell, expand
from cnnlab.config.sweep_schema import AshaSettings, Sweep
from cnnlab.datasets import Dataset
from cnnlab.errors import ConfigError, DataError, RunError
from cnnlab.executors.choice import ExecutorChoice
from cnnlab.experiments.race import REPEAT, require_race
from cnnlab.experiments.resume import done
from cnnlab.experiments.run import Plan, Request
from cnnlab.loggers.base import require_packages
from cnnlab.runs.find import list_runs
from cnnlab.runs.folder import RunFolder, slug
from cnnlab.runs.lock import RunLock
from cnnlab.runs.races import stopped_cells
from cnnlab.runs.read import load_run
from cnnlab.runs.sweeps import CellEntry, SweepIndex, cell_state, has_begun, is_sweep, read_sweep
from cnnlab.training.length import with_epochs
from cnnlab.training.prepare import load_data

THREADS = (
    1  # of a training, where the config leaves them to cnnlab: however many cells there are, or come to be
)


@dataclass(frozen=True)
class SweepRequest:
    """What is to be tried, and where."""

    config: Config  # the config that the cells depart from, with its section `sweep`
    cells: Sequence[Cell]
    document: str  # what was asked for, as YAML, for sweep's folder
    runs_dir: Path
    directory: Path  # which relative paths of the config count from
    data_dir: Path | None = None
    jobs: int | str = "auto"
    only_repeat: int | None = None
    bundled_for: str | None = None
    smoke: bool = False
    argv: Sequence[str] = ("cnnlab", "train")
    executor: ExecutorChoice = field(default_factory=ExecutorChoice)
    folder: Path | None = None  # of the sweep to go on with; None: look for one that shares cells

    @classmethod
    def of(cls, document: Document, config: Config, *, smoke: bool = False, **more: Any) -> "SweepRequest":
        """The request of a checked document; raises ConfigError for a wrong cell."""
        cells = expand(document, config, smoke=smoke)
        directory = document.path.resolve().parent
        return cls(config, cells, plain_to_yaml(document.value), directory=directory, smoke=smoke, **more)

    @property
    def sweep(self) -> Sweep:
        """What is tried."""
        assert self.config.sweep is not None
        return self.config.sweep

    @property
    def race(self) -> AshaSettings | None:
        """How the cells race, None where each is trained to its end."""
        return self.sweep.early_stop.asha if self.sweep.early_stop is not None else None


@dataclass(frozen=True)
class CellPlan:
    """A cell and what is to be done of it; `path` is its run folder, which is there if `plan.folder` is given."""

    entry: CellEntry
    path: Path
    plan: Plan
    stopped: bool = False  # early, and so for good

    @property
    def waiting(self) -> tuple[int, ...]:
        """The repeats to train."""
        return () if self.stopped else self.plan.waiting


@dataclass(frozen=True)
class SweepPlan:
    """A sweep, checked: `folder` is the one to go on with, held by a lock, None for a new one."""

    request: SweepRequest
    folder: Path | None
    repeats: tuple[int, ...]
    cells: tuple[CellPlan, ...]
    former: tuple[CellEntry, ...]  # cells of the folder that are not asked for any more

    @property
    def trainings(self) -> int:
        """Cells times repeats."""
        return len(self.cells) * len(self.repeats)

    @property
    def finished(self) -> int:
        """How many of them are finished."""
        return sum(map(self.done, self.cells))

    def done(self, cell: CellPlan) -> int:
        """How many of the repeats that are asked for a cell has finished."""
        return len(set(self.repeats) & set(cell.plan.done))

    @property
    def waiting(self) -> int:
        """How many trainings are left to do."""
        return sum(len(cell.waiting) for cell in self.cells)

    def index(self) -> SweepIndex:
        """What sweep.json is to hold."""
        request, sweep = self.request, self.request.sweep
        return SweepIndex(
            name=request.config.name,
            kind=kind(sweep),
            keys=tuple(sweep.keys()),
            repeats=self.repeats,
            cells=(*(cell.entry for cell in self.cells), *self.former),
            asked=len(self.cells),
            early_stop=None if sweep.early_stop is None else sweep.early_stop.model_dump(mode="json"),
            smoke=request.smoke,
            bundled_for=request.bundled_for,
            directory=str(request.directory),
            data_dir=None if request.data_dir is None else str(request.data_dir.resolve()),
        )


def kind(sweep: Sweep) -> Literal["grid", "ablate"]:
    """What a sweep is: ablate, or grid for all that combines values."""
    return "ablate" if sweep.ablate else "grid"


@contextlib.contextmanager
def planned(request: SweepRequest) -> Iterator[SweepPlan]:
    """Yield the plan of a sweep, whose folder, if there is one already, is held by this process meanwhile.

    Raises ConfigError where the request cannot be met here, DataError when data are missing or are others than at the
    start, RunError when another process holds the folder.
    """
    config, only = request.config, request.only_repeat
    require_packages(config.logging)
    if only is not None and not 0 <= only < config.repeats:
        raise ConfigError(f"--only-repeat {only}: expected 0 to {config.repeats - 1}.")
    if only not in (None, REPEAT) and request.race is not None:
        raise ConfigError(
            f"--only-repeat {only}: the cells race in repeat {REPEAT} (sweep.early_stop), which decides whose others "
            "are run: leave one of them out."
        )
    repeats = tuple(range(config.repeats)) if only is None else (only,)
    plans = _plans(request, repeats)
    if request.race is not None:
        require_race(request.race, [plan for _, _, plan in plans.values()])
    folder = request.folder or _to_go_on_with(request, plans)
    if folder is None:
        stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
        cells = [_cell(label, values, plan, stamp) for label, values, plan in plans.values()]
        yield SweepPlan(request, None, repeats, tuple(cells), ())
        return
    with RunLock(folder):
        index = read_sweep(folder)
        if request.folder is not None:
            _require_same_cells(folder, index, plans)
        cells, former = _gone_on_with(folder, index, plans, racing=request.race is not None)
        yield SweepPlan(request, folder, repeats, tuple(cells), former)


_Plans = dict[str, tuple[str, Any, Plan]]  # by cell hash: label, values, plan


def _plans(request: SweepRequest, repeats: tuple[int, ...]) -> _Plans:
    """Every cell as a run, equal ones once; each data set is read once."""
    for backend in {cell.config.training.backend for cell in request.cells}:
        choose(backend)  # raises where it is not installed
    choose(request.cells[0].config.training.backend)
    loaded: dict[Any, tuple[Dataset, str]] = {}
    plans: _Plans = {}
    for cell in request.cells:
        config = cell.config
        if config.training.threads == "auto":
            training = config.training.model_copy(update={"threads": THREADS})
            config = config.model_copy(update={"training": training})
        key = config.data.dataset.name, config.data.dataset.parameters.model_dump_json()
        if key not in loaded:
            data = load_data(config, request.data_dir)
            loaded[key] = data, data.content_hash()
        data, data_hash = loaded[key]
        config = with_epochs(config, data)
        of_run = Request(
            config,
            request.runs_dir,
            request.data_dir,
            request.jobs,
            bundled_for=request.bundled_for,
            argv=request.argv,
            executor=request.executor,
        )
        plan = Plan(of_run, config, repeats, data, data_hash=data_hash)
        plans.setdefault(cell_hash(config), (cell.label, cell.values, plan))
    return plans


def _cell(label: str, values: Any, plan: Plan, stamp: str) -> CellPlan:
    hash_ = cell_hash(plan.config)
    name = f"{stamp}_{slug(label)}_{hash_[:8]}"
    return CellPlan(CellEntry(hash=hash_, label=label, folder=name, values=values), Path(name), plan)


def _to_go_on_with(request: SweepRequest, plans: _Plans) -> Path | None:
    """The newest sweep of that name and those keys that has one of these cells, on the same data."""
    sweep = request.sweep
    for path in filter(is_sweep, list_runs(request.runs_dir)):
        try:
            index = read_sweep(path)
            same_keys = kind(sweep) == "ablate" or set(index.keys) == set(sweep.keys())
            shared = any(entry.hash in plans for entry in index.cells)
            if index.name == request.config.name and index.kind == kind(sweep) and same_keys and shared:
                _gone_on_with(path, index, plans, racing=False)
                return path
        except (RunError, DataError):
            continue  # damaged, or on other data: a new one, then
    return None


def _require_same_cells(folder: Path, index: SweepIndex, plans: _Plans) -> None:
    missing = [entry.label for entry in index.cells[: index.asked] if entry.hash not in plans]
    if missing:
        raise RunError(
            f"Cannot resume {folder}: its config.yaml, an extension, or a default of cnnlab was changed since it "
            f"started, for the cell {missing[0]} is another now. Put it back, or start a new sweep."
        )


def _gone_on_with(
    folder: Path, index: SweepIndex, plans: _Plans, *, racing: bool
) -> tuple[list[CellPlan], tuple[CellEntry, ...]]:
    """The cells in an existing sweep's folder, and those of its cells that are not asked for any more.

    racing: whether cells that were stopped early stay so; else they go on.
    """
    known = {entry.hash: entry for entry in index.cells}
    stops = stopped_cells(folder) if racing else {}
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    cells = []
    for hash_, (label, values, plan) in plans.items():
        cell = _cell(label, values, plan, stamp)
        if hash_ in known:
            cell = replace(cell, entry=cell.entry.model_copy(update={"folder": known[hash_].folder}))
        path = folder / cell.entry.folder
        if has_begun(path):
            entry = cell.entry.model_copy(update={"stopped": stops.get(hash_)})
            stopped = cell_state(folder, entry, plan.repeats).status == "stopped"
            cell = replace(cell, entry=entry, plan=_continued(path, plan), stopped=stopped)
        cells.append(replace(cell, path=path))
    former = [entry for h, entry in known.items() if h not in plans and has_begun(folder / entry.folder)]
    return cells, tuple(former)


def _continued(path: Path, plan: Plan) -> Plan:
    """The plan of a cell that has a run folder: finished repeats stay, more than are asked for too."""
    run = load_run(path)
    before = run.data.sha256
    if before is not None and before != plan.data_hash:
        raise DataError(
            f"Cannot go on in {path}: the data in {plan.data.source} are not those that it was started with, for the "
            "SHA-256 of their content differs. Bring them back, or name another place with --runs-dir."
        )
    finished = done(run)
    repeats = tuple(sorted({*plan.repeats, *finished}))
    config = plan.config.model_copy(update={"repeats": max(plan.config.repeats, repeats[-1] + 1)})
    return replace(plan, config=config, repeats=repeats, done=finished, folder=RunFolder(path))
