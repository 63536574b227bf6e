"""What a run's folder holds when it starts, and what is written there as its repeats begin and end."""

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.config.identity import experiment_hash, file_hash, run_hash
from cnnlab.config.load import config_to_yaml, dump_config
from cnnlab.errors import RunError
from cnnlab.executors.base import Event, Listener
from cnnlab.experiments.plan import CellPlan, Plan
from cnnlab.files import remove_leftovers, write_bytes, write_text
from cnnlab.loggers import RunInfo
from cnnlab.loggers.threads import Loggers
from cnnlab.runs.capture import record_resume, write_environment
from cnnlab.runs.environment import DataRecord, Environment, LayoutRecord
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.record import read_record
from cnnlab.runs.status import RunStatus
from cnnlab.runs.summary_files import write_summary

ENDED = frozenset({"done", "failed", "interrupted", "stopped"})
LOST = (
    "The record of how this run began, environment.json, was lost: what it says of versions, machine and git is of the "
    "time when the run was resumed."
)


class RunRecorder:
    """Writes the status of a run's repeats, reports to its loggers, and sums up at the end."""

    def __init__(self, folder: RunFolder, cell: CellPlan, listen: Listener) -> None:
        """Record the run in `folder`, whose status is running; `listen` gets every event."""
        self.folder = folder
        self.listen = listen
        info = RunInfo(folder.path, cell.config.name, dump_config(cell.config))
        self.loggers = Loggers(cell.config.logging, info, lambda text: listen(Event("warning", error=text)))

    def record(self, event: Event) -> None:
        """Take an event of one of the repeats."""
        self._log(event)
        if event.repeat is not None and (event.kind == "started" or event.kind in ENDED):
            state: Any = "running" if event.kind == "started" else event.kind
            self.folder.status.set_repeat(event.repeat, state, event.error)
        self.listen(event)

    def _log(self, event: Event) -> None:
        if event.repeat is None:
            return
        if event.kind == "started":
            self.loggers.start_repeat(event.repeat)
        elif event.kind == "epoch":
            self.loggers.epoch(event.repeat, event.content)
        elif event.kind in ENDED:
            self.loggers.end_repeat(event.repeat, event.kind, event.content if event.kind == "done" else None)

    def end(self, final: RunStatus | None = None) -> None:
        """Write status and summary. Raises RunError when the disk refuses."""
        remove_leftovers(self.folder.path)
        ended = self.folder.status.finish(final)
        write_summary(self.folder.path)
        self.loggers.close(ended)

    def give_up(self, error: BaseException) -> None:
        """Write down that the run ended with `error`; where the disk takes nothing, the status stays as it was."""
        with contextlib.suppress(RunError):
            self.folder.status.finish("interrupted" if isinstance(error, KeyboardInterrupt) else "failed")
        self.loggers.close("failed")


class FolderWriter:
    """Begins and resumes the run folders of a plan's cells."""

    def __init__(self, plan: Plan, warnings: Mapping[str, Sequence[str]], side_by_side: int) -> None:
        """warnings: by the hash of a cell, what reports on it must carry. side_by_side: how many trainings run so."""
        self.plan = plan
        self.warnings = warnings
        self.side_by_side = side_by_side
        self.captured: Environment | None = None  # the environment, once for the many runs of a sweep

    def begin(self, cell: CellPlan) -> None:
        """Write what a new run's folder holds before the first repeat starts."""
        folder, config = RunFolder(cell.path), cell.config
        folder.status.start("train", cell.repeats)  # first of all: what follows takes minutes for large data
        write_text(folder.config_path, config_to_yaml(config))
        for extension in config.extensions:
            (folder.path / "extensions").mkdir(exist_ok=True)
            write_bytes(folder.path / "extensions" / extension.name, extension.read_bytes())
        write_environment(folder, self.plan.launch.argv, self._about(cell), self.captured)

    def resume(self, cell: CellPlan) -> None:
        """Mark a run as running once more; a cell may have more repeats than it was started with."""
        folder = RunFolder(cell.path)
        _tidy(folder, cell.done)
        if self.plan.is_sweep:
            write_text(folder.config_path, config_to_yaml(cell.config))
        known, about = read_record(Environment, folder.environment_path, []), self._about(cell)
        if known is None:  # damaged, or killed at its very start
            note = (LOST,) if cell.done or folder.environment_path.exists() else ()
            data = about.data.model_copy(update={"notes": (*about.data.notes, *note)})
            write_environment(
                folder, self.plan.launch.argv, about.updated(Environment(data=data)), self.captured
            )
        else:
            changed = Environment(
                run_hash=about.run_hash,
                repeats=about.repeats,
                data=known.data if known.data.sha256 == about.data.sha256 else about.data,
                data_dir=about.data_dir,
            )
            record_resume(folder, self.plan.launch.argv, changed)
        folder.status.resume(cell.done, cell.waiting)

    def _about(self, cell: CellPlan) -> Environment:
        """On which data and where the run is made, and what reports on it must warn of."""
        launch, config, data = self.plan.launch, cell.config, cell.data
        return Environment(
            run_hash=run_hash(config),
            experiment_hash=experiment_hash(config),
            data=DataRecord(
                dataset=data.name,
                title=data.title,
                source=data.source,
                sha256=data.sha256,
                notes=(*data.notes, *self.warnings.get(cell.entry.hash, ())),
                bundled_for=self.plan.experiment.bundled_for,
            ),
            extensions={str(path): file_hash(path) for path in config.extensions},
            data_dir=None if launch.data_dir is None else str(launch.data_dir.resolve()),
            repeats=cell.repeats,
            layout=LayoutRecord(
                executor=launch.executor.name,
                jobs=self.side_by_side,
                threads=config.training.cpu_threads,
                device=config.training.device,
            ),
        )


def _tidy(folder: RunFolder, done: Sequence[int]) -> None:
    """Remove what a killed process left in the folders of finished repeats."""
    for k in done:
        remove_leftovers(folder.repeat(k).path)
        for checkpoint in list(folder.repeat(k).path.rglob("checkpoint")):
            shutil.rmtree(checkpoint, ignore_errors=True)
