"""A whole sweep: one pool of workers for the repeats of all cells, a run folder for each. Knows nothing of Keras."""

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnnlab.config.identity import keys_with, run_hash
from cnnlab.config.load import config_to_yaml
from cnnlab.config.roles import Role
from cnnlab.config.schema import Config
from cnnlab.errors import Interrupted, RepeatsFailed, RunError
from cnnlab.executors.base import Event, Executor, Job, Listener
from cnnlab.experiments.race import REPEAT, Race
from cnnlab.experiments.recording import ENDED, RunUnderWay, begin, describe, tidy
from cnnlab.experiments.run import job_of, refusal, workers
from cnnlab.experiments.sweep_plan import CellPlan, SweepPlan
from cnnlab.files import make_folder, write_text
from cnnlab.runs.capture import capture_environment, record_resume, write_environment
from cnnlab.runs.environment import DataRecord, Environment
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import RunLock
from cnnlab.runs.status import RunStatus
from cnnlab.runs.sweeps import CellState, cell_state, trainings

MOST_NAMED = 10


@dataclass(frozen=True)
class SweepOutcome:
    """What became of a sweep."""

    folder: Path
    status: RunStatus
    cells: tuple[CellState, ...]
    repeats: int


def run_sweep(plan: SweepPlan, listen: Listener) -> SweepOutcome:
    """Try every network out, make or go on with the sweep's folder, and train what is missing.

    `listen` gets every event, each marked with its cell's folder. Raises ConfigError, before a folder is made, when a
    cell's network cannot be built; RepeatsFailed where the disk refuses.
    """
    warnings = _try_out(plan, listen)
    with contextlib.ExitStack() as stack:
        if plan.folder is None:
            hashes = "".join(cell.entry.hash for cell in plan.cells)
            folder = RunFolder.create(plan.request.runs_dir, plan.request.config.name, _digest(hashes))
            stack.enter_context(RunLock(folder.path))
            cells = tuple(replace(cell, path=folder.path / cell.path) for cell in plan.cells)
            plan = replace(plan, folder=folder.path, cells=cells)
        under_way = _SweepUnderWay(plan, warnings, listen)
        return under_way.run()


def require_finished(outcome: SweepOutcome) -> None:
    """Raise Interrupted or RepeatsFailed, with the folder and each failed repeat's error, unless all is done."""
    done = sum(cell.done for cell in outcome.cells)
    all_of_them = trainings(outcome.cells, outcome.repeats)
    where = f"{done} of {all_of_them} trainings are finished and kept in {outcome.folder}"
    again = f"the same command goes on, and so does: cnnlab train --resume {outcome.folder}"
    if outcome.status == "interrupted":
        raise Interrupted(f"interrupted: {where}; {again}")
    if outcome.status != "done":
        failed = [f"{cell.entry.label}, {error}" for cell in outcome.cells for error in cell.errors]
        more = [f"and {len(failed) - MOST_NAMED} more"] if len(failed) > MOST_NAMED else []
        raise RepeatsFailed("\n  ".join([f"{where}; failed:", *failed[:MOST_NAMED], *more, again]))


class _SweepUnderWay:
    """Opens each cell's run with its first event, and closes it with its last."""

    def __init__(self, plan: SweepPlan, warnings: Mapping[str, list[str]], listen: Listener) -> None:
        assert plan.folder is not None  # made by run_sweep
        self.plan = plan
        self.folder = RunFolder(plan.folder)
        self.warnings = warnings
        self.listen = listen
        self.cells = {cell.path: cell for cell in plan.cells}
        self.left = {cell.path: set(cell.waiting) for cell in plan.cells}
        self.open: dict[Path, RunUnderWay] = {}
        self.locks: dict[Path, RunLock] = {}  # of those that are open, but for those that rest
        self.race: Race | None = None
        self.executor: Executor  # once it runs
        self.captured = Environment()  # the environment, for every cell that begins
        self.side_by_side = 1

    def run(self) -> SweepOutcome:
        """Train what is missing; returns where every cell then stands."""
        self._write_head()
        final: RunStatus | None = None
        try:
            try:
                if self.plan.request.race is not None:
                    self.race = Race(self.plan)
                self.side_by_side, self.executor = executor_of(self.plan, self.plan.waiting)
                self._end_what_is_done()
                for jobs in filter(None, self._rounds()):
                    self.executor.run(jobs, self.record)
            except KeyboardInterrupt:
                final = "interrupted"
            for path in list(self.open):
                self._close(path, final)
            return self._outcome(final)
        except BaseException as error:
            for path, under_way in self.open.items():
                under_way.give_up(error)
                self._unlock(path)
            with contextlib.suppress(RunError):
                self.folder.status.finish("failed")
            if isinstance(error, RunError):
                again = f"the same command goes on in {self.folder.path}"
                raise RepeatsFailed(f"{error} What is finished is kept; {again}.") from error
            raise

    def record(self, event: Event) -> None:
        """Take an event of one of the cells."""
        path = event.folder
        if path is None or path not in self.cells:
            self.listen(event)
            return
        self._open(self.cells[path])
        if event.repeat == REPEAT:
            event = self._raced(self.cells[path], event)
        self.open[path].record(event)
        if event.kind in ENDED and event.repeat is not None:
            self.left[path] -= self.left[path] if event.kind == "stopped" else {event.repeat}
            if not self.left[path]:
                self._close(path, None)
            elif self.race is not None and event.repeat == REPEAT:
                self._unlock(path)  # until its other repeats begin: a lock is an open file

    def _rounds(self) -> Iterator[list[Job]]:
        """The jobs that may run side by side; where cells race, first the repeat in which they do."""
        cells = [cell for cell in self.plan.cells if cell.waiting]
        for cell in cells:
            make_folder(cell.path)  # workers write into it; it is a run's only once that has begun
        work = [(cell, job) for cell in cells for job in _jobs(cell)]
        if self.race is None:
            yield [job for _, job in work]
            return
        for racing in (True, False):
            yield [job for cell, job in work if self._runs(cell) and (job.repeat == REPEAT) is racing]

    def _runs(self, cell: CellPlan) -> bool:
        """Whether a cell has not been stopped."""
        return self.race is None or cell.entry.hash not in self.race.stops

    def _raced(self, cell: CellPlan, event: Event) -> Event:
        """The event as it is, but for what ends the first repeat of a cell that was stopped."""
        if self.race is None:
            return event
        if event.kind == "epoch" and self.race.hear(cell.entry.hash, event.content):
            self.executor.stop(cell.path, REPEAT)
        stop = self.race.stops.get(cell.entry.hash)
        if stop is None or event.kind not in ENDED:
            return event
        return replace(event, kind="stopped", content=stop.figure(), error=None)

    def _write_head(self) -> None:
        """Write what the sweep's own folder holds."""
        if self.folder.environment_path.exists():
            self.folder.status.resume((), ())
            record_resume(self.folder, self.plan.request.argv)
            self.captured = capture_environment(self.plan.request.argv)
        else:
            self.folder.status.start("sweep", ())
            data = {cell.plan.data.title: cell.plan.data for cell in self.plan.cells}
            records = [
                DataRecord(dataset=d.name, title=d.title, bundled_for=self.plan.request.bundled_for)
                for d in data.values()
            ]
            about = Environment(data=records[0]) if len(records) == 1 else Environment()
            self.captured = write_environment(self.folder, self.plan.request.argv, about)
        write_text(self.folder.config_path, self.plan.request.document)
        self.plan.index().write(self.folder.path)

    def _end_what_is_done(self) -> None:
        """Write the end of cells whose last repeat was finished when their process was killed."""
        for cell in self.plan.cells:
            if cell.plan.folder is None:
                continue
            stop = self.race.stops.get(cell.entry.hash) if self.race is not None else None
            entry = cell.entry.model_copy(update={"stopped": stop})
            status = cell_state(self.folder.path, entry, self.plan.repeats).status
            if status == "stopped":
                if RunFolder(cell.path).status.read().status != "stopped":
                    self.record(Event("interrupted", REPEAT, folder=cell.path))
            elif status != "done" and not cell.plan.waiting:
                self._open(cell)
                self._close(cell.path, None)

    def _open(self, cell: CellPlan) -> None:
        """Take a cell's run up, or up again after it has rested."""
        if cell.path in self.locks:
            return
        lock = RunLock(cell.path)
        lock.__enter__()
        self.locks[cell.path] = lock
        if cell.path in self.open:
            return
        folder, plan = RunFolder(cell.path), replace(cell.plan, jobs=self.side_by_side)
        try:
            warnings = self.warnings.get(cell.entry.hash, [])
            if plan.folder is None:
                begin(folder, plan, warnings, self.captured)
            else:
                self._reopen(folder, plan, warnings)
            self.open[cell.path] = RunUnderWay(folder, plan.config, self.listen)
        except BaseException:
            self._unlock(cell.path)
            raise

    def _reopen(self, folder: RunFolder, plan: Any, warnings: list[str]) -> None:
        """Go on in a cell's folder, perhaps with more repeats than it was started with."""
        tidy(folder, plan.done)
        write_text(folder.config_path, config_to_yaml(plan.config))
        if folder.environment_path.exists():
            changed = Environment(run_hash=run_hash(plan.config), repeats=plan.repeats)
            record_resume(folder, plan.request.argv, changed)
        else:  # killed at its very start
            describe(folder, plan, warnings, self.captured)
        folder.status.resume(plan.done, plan.waiting)

    def _close(self, path: Path, final: RunStatus | None) -> None:
        self._open(self.cells[path])
        self.open[path].end(final)
        del self.open[path]
        self._unlock(path)

    def _unlock(self, path: Path) -> None:
        lock = self.locks.pop(path, None)
        if lock is not None:
            lock.__exit__(None, None, None)

    def _outcome(self, final: RunStatus | None) -> SweepOutcome:
        repeats = self.plan.repeats
        index = self.plan.index().with_stops(self.folder.path)
        if self.race is not None:
            index.write(self.folder.path)
        cells = tuple(
            cell_state(self.folder.path, entry, repeats) for entry in index.cells[: len(self.plan.cells)]
        )
        status = final or sum_up_cells([cell.status for cell in cells])
        self.folder.status.finish(status)
        return SweepOutcome(self.folder.path, status, cells, len(repeats))


def _jobs(cell: CellPlan) -> list[Job]:
    """A job for each repeat that is left to train."""
    job = job_of(cell.plan, None, cell.path)
    return [replace(job, repeat=k) for k in cell.waiting]


def sum_up_cells(statuses: list[str]) -> RunStatus:
    """Return what the cells' statuses make of the sweep, once nothing runs any more."""
    if all(status in ("done", "stopped") for status in statuses):
        return "done"
    if any(status in ("interrupted", "waiting", "running") for status in statuses):
        return "interrupted"
    return "partial" if {"done", "partial"} & set(statuses) else "failed"


def executor_of(plan: SweepPlan, waiting: int) -> tuple[int, Executor]:
    """How many of `waiting` trainings run side by side, and what executes them: as the largest of them need it."""
    largest = max((cell.plan for cell in plan.cells), key=lambda p: p.config.training.threads)
    return workers(largest.request, largest.config.training, waiting)


def _try_out(plan: SweepPlan, listen: Listener) -> dict[str, list[str]]:
    """Build every network, and try every augmentation, once; returns warnings by the hash of the cell."""
    kinds: dict[str, list[CellPlan]] = {}
    for cell in plan.cells:
        if cell.waiting:
            kinds.setdefault(_what_is_tried(cell.plan.config), []).append(cell)
    found: dict[Path, Event] = {}
    jobs = [job_of(cells[0].plan, None, cells[0].path) for cells in kinds.values()]
    executor_of(plan, len(jobs))[1].run(
        jobs, lambda event: found.update({event.folder: event} if event.folder else {})
    )
    failed = [(cells[0], found[cells[0].path]) for cells in kinds.values() if _failed(found, cells[0])]
    if failed:
        texts = [f"{cell.entry.label}: {event.error}" for cell, event in failed[:MOST_NAMED]]
        more = [f"and {len(failed) - MOST_NAMED} more"] if len(failed) > MOST_NAMED else []
        name = plan.request.config.name
        raise refusal(
            failed[0][1], f"{name}: no training was started, for of the cells\n  " + "\n  ".join(texts + more)
        )
    warnings: dict[str, list[str]] = {}
    for cells in kinds.values():
        told = found[cells[0].path].content["warnings"]
        warnings |= {cell.entry.hash: told for cell in cells}
        for text in told:
            listen(Event("warning", error=f"{cells[0].entry.label}: {text}", folder=cells[0].path))
    return warnings


def _failed(found: Mapping[Path, Event], cell: CellPlan) -> bool:
    return found[cell.path].kind == "failed"


def _what_is_tried(config: Config) -> str:
    """What building and trying out depends on: not how it is trained then."""
    plain = keys_with(set(Role) - {Role.LABEL}, config)
    training = plain.pop("training")
    settings = ("metrics", "class_weights", "threads", "device", "precision", "deterministic")
    return json.dumps([plain, [training[key] for key in settings]], sort_keys=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
