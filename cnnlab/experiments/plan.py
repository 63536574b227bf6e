"""What is to be trained: cells, each a run of its own. A plain run is one cell, a sweep has several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from cnnlab.config.load import plain_to_yaml
from cnnlab.config.schema import Config
from cnnlab.config.source import ConfigDocument
from cnnlab.config.sweep import SweepCell, check_all
from cnnlab.config.sweep_schema import AshaSettings, Sweep
from cnnlab.datasets import Dataset
from cnnlab.executors.base import Executor, Job
from cnnlab.experiments.launch import Launch
from cnnlab.runs.sweeps import CellEntry, SweepIndex


@dataclass(frozen=True)
class SweepSource:
    """The cells of a sweep, and what its folder needs to have them again."""

    settings: Sweep
    cells: Sequence[SweepCell]
    document: str  # what was asked for, as YAML
    directory: Path  # which relative paths in it count from
    smoke: bool = False
    folder: Path | None = (
        None  # to begin or to resume; None: resume one that shares cells, or begin a new one
    )
    one_by_one: bool = False  # no two cells side by side, so that their seconds can be compared

    @property
    def kind(self) -> Literal["grid", "ablate"]:
        """What a sweep is: ablate, or grid for all that combines values."""
        return "ablate" if self.settings.ablate else "grid"


@dataclass(frozen=True)
class Experiment:
    """A checked config: of one run, or with the source of its cells, of a sweep."""

    config: Config  # of a sweep, the one that its cells depart from
    bundled_for: str | None = None  # the data set in whose place the bundled one stands
    sweep: SweepSource | None = None

    @property
    def race(self) -> AshaSettings | None:
        """The rules by which cells that fall behind are stopped early, if any are."""
        stop = None if self.sweep is None else self.sweep.settings.early_stop
        return None if stop is None else stop.asha

    @classmethod
    def of(
        cls, document: ConfigDocument, bundled_for: str | None = None, *, smoke: bool = False
    ) -> "Experiment":
        """What a document asks for; raises ConfigError with all that is wrong, also with cells of a sweep."""
        config, cells = check_all(document, smoke=smoke)
        if config.sweep is None:
            return cls(config, bundled_for)
        text, directory = plain_to_yaml(document.value), document.path.resolve().parent
        return cls(config, bundled_for, SweepSource(config.sweep, cells, text, directory, smoke))


@dataclass(frozen=True)
class CellPlan:
    """One run: its config and data, and its repeats, some of which may be finished.

    config: with threads and epochs resolved. path: its run folder, which exists if it has `begun`.
    """

    entry: CellEntry
    path: Path
    config: Config
    data: Dataset
    repeats: tuple[int, ...]
    done: tuple[int, ...] = ()
    begun: bool = False
    stopped: bool = False  # early, and so for good

    @property
    def waiting(self) -> tuple[int, ...]:
        return () if self.stopped else tuple(k for k in self.repeats if k not in self.done)


@dataclass(frozen=True)
class Plan:
    """All cells, checked: `folder` is the one to resume, held by a lock; None for a new one."""

    experiment: Experiment
    launch: Launch
    repeats: tuple[int, ...]  # of each cell
    cells: tuple[CellPlan, ...]
    folder: Path | None = None
    former: tuple[CellEntry, ...] = ()  # cells of the folder that are not asked for any more

    @property
    def is_sweep(self) -> bool:
        """Whether the cells lie in a sweep's folder; else there is one, whose folder is the run's."""
        return self.experiment.sweep is not None

    @property
    def trainings(self) -> int:
        return len(self.cells) * len(self.repeats)

    @property
    def finished(self) -> int:
        return sum(map(self.done, self.cells))

    @property
    def waiting(self) -> int:
        return sum(len(cell.waiting) for cell in self.cells)

    @property
    def side_by_side(self) -> int:
        """How many of the trainings that are left may run at once."""
        return self.workers(self.waiting)[0]

    def workers(self, waiting: int) -> tuple[int, Executor]:
        """How many of `waiting` trainings run side by side, and what executes them: as the largest cell needs it.

        Raises ConfigError where the executor's package is missing.
        """
        largest = max((cell.config.training for cell in self.cells), key=lambda training: training.threads)
        return self.launch.executor.make(largest, self.launch.jobs, waiting)

    def done(self, cell: CellPlan) -> int:
        """How many of the repeats that are asked for a cell has finished."""
        return len(set(self.repeats) & set(cell.done))

    def in_folder(self, folder: Path) -> "Plan":
        """The same plan, to be carried out in a new folder."""
        if not self.is_sweep:
            cell = self.cells[0]
            entry = cell.entry.model_copy(update={"folder": folder.name})
            return replace(self, folder=folder, cells=(replace(cell, entry=entry, path=folder),))
        cells = tuple(replace(cell, path=folder / cell.entry.folder) for cell in self.cells)
        return replace(self, folder=folder, cells=cells)

    def job(self, cell: CellPlan, repeat: int | None) -> Job:
        """The job of one repeat, or, for None, of trying the cell's network out."""
        known = None if repeat is None else cell.data.sha256
        return Job.of(cell.config, repeat, cell.path, self.launch.data_dir, known)

    def index(self) -> SweepIndex:
        """What sweep.json is to hold."""
        source = self.experiment.sweep
        assert source is not None
        stop = source.settings.early_stop
        return SweepIndex(
            name=self.experiment.config.name,
            kind=source.kind,
            keys=tuple(source.settings.keys()),
            repeats=self.repeats,
            cells=(*(cell.entry for cell in self.cells), *self.former),
            asked=len(self.cells),
            early_stop=None if stop is None else stop.model_dump(mode="json"),
            smoke=source.smoke,
            bundled_for=self.experiment.bundled_for,
            directory=str(source.directory),
            data_dir=None if self.launch.data_dir is None else str(self.launch.data_dir.resolve()),
        )
