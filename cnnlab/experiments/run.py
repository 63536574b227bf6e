"""Carrying out a plan: one pool of workers for the repeats of all cells, a run folder for each. Imports no Keras."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnlab.config.identity import run_hash
from cnnlab.datasets import Dataset
from cnnlab.errors import RepeatsFailed, RunError
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.experiments.auditing import Audited, audit_data, record_audits
from cnnlab.experiments.outcome import Outcome, kept, outcome_of
from cnnlab.experiments.plan import CellPlan, Plan
from cnnlab.experiments.race import REPEAT, Race
from cnnlab.experiments.recorded import changes_since, damaged_results
from cnnlab.experiments.recording import ENDED, FolderWriter, RunRecorder
from cnnlab.experiments.tryout import Prepared, try_out
from cnnlab.files import make_folder, write_text
from cnnlab.report.figures.plots import illustrate
from cnnlab.runs.capture import capture_environment, record_resume, write_environment
from cnnlab.runs.environment import DataRecord, Environment
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import RunLock
from cnnlab.runs.read import load_run
from cnnlab.runs.status import RunStatus
from cnnlab.runs.summary_files import write_summary
from cnnlab.runs.sweeps import cell_state, read_sweep


def run(plan: Plan, listen: Listener) -> Outcome:
    """Try every network out, audit the data, make or take up the folder, train what is missing, and sum up.

    `listen` gets every event, first of all "planned" with the plan, each event of a repeat marked with its run folder.
    An interrupted run ends with the status `interrupted`, and finished repeats kept. Raises ConfigError, before a
    folder is made, when a network cannot be built; RepeatsFailed where the disk refuses.
    """
    listen(Event("planned", content=plan))
    if _is_finished(plan):
        return outcome_of(plan)
    if plan.folder is not None and not plan.is_sweep and plan.waiting:
        found = load_run(plan.folder)
        for text in (*filter(None, [changes_since(found)]), *damaged_results(found)):
            listen(Event("warning", error=text))
    prepared = try_out(plan, listen)
    audited = audit_data(plan, listen)
    with contextlib.ExitStack() as stack:
        if plan.folder is None:
            folder = _new_folder(plan)
            stack.enter_context(RunLock(folder))
            plan = plan.in_folder(folder)
        outcome = _Training(plan, prepared, audited, listen).run()
    if plan.is_sweep or outcome.status == "interrupted":  # then a scheduler may be waiting
        return outcome
    cell = plan.cells[0]
    content = prepared.get(cell.entry.hash, {})
    return replace(outcome, refused=illustrate(cell.path, content, lambda: _images(cell.data)))


def _is_finished(plan: Plan) -> bool:
    """Whether a sweep's folder holds all that is asked for, so that nothing is to be written."""
    if plan.folder is None or not plan.is_sweep or plan.waiting or plan.experiment.race is not None:
        return False  # a race may have to write the end of a cell that was stopped
    same = read_sweep(plan.folder) == plan.index().with_stops(plan.folder)
    ended = RunFolder(plan.folder).status.read().status == outcome_of(plan).status == "done"
    return same and ended


def _images(data: Dataset) -> dict[str, Any]:
    """By split, the uint8 images that the indices in predictions.npz point into."""
    test = {} if data.test is None else {"test": data.test.images}
    return {"validation": (data.validation or data.train).images, **test}


def _new_folder(plan: Plan) -> Path:
    config, launch, source = plan.experiment.config, plan.launch, plan.experiment.sweep
    if source is not None and source.folder is not None:
        make_folder(source.folder, parents=True)
        return source.folder
    if source is None:
        return RunFolder.create(launch.runs_dir, config.name, run_hash(plan.cells[0].config)).path
    hashes = "".join(cell.entry.hash for cell in plan.cells)
    return RunFolder.create(launch.runs_dir, config.name, hashlib.sha256(hashes.encode()).hexdigest()).path


class _Training:
    """Opens each cell's run with its first event, and closes it with its last."""

    def __init__(self, plan: Plan, prepared: Prepared, audited: Audited, listen: Listener) -> None:
        assert plan.folder is not None
        self.plan = plan
        self.folder = RunFolder(plan.folder)
        self.audited = audited
        self.listen = listen
        self.cells = {cell.path: cell for cell in plan.cells}
        self.left = {cell.path: set(cell.waiting) for cell in plan.cells}
        self.open: dict[Path, RunRecorder] = {}
        self.locks: dict[Path, RunLock] = {}  # of those cells that are open, but for those that rest
        self.race: Race | None = None
        side_by_side, self.executor = plan.workers(plan.waiting)
        warnings = {identity: content["warnings"] for identity, content in prepared.items()}
        self.writer = FolderWriter(plan, warnings, side_by_side)

    def run(self) -> Outcome:
        """Train what is missing; returns where every cell then stands."""
        if self.plan.is_sweep:
            self._write_head()
        final: RunStatus | None = None
        try:
            try:
                self._train()
            except KeyboardInterrupt:
                final = "interrupted"
            for path in list(self.open):
                self._close(path, final)
            return self._outcome()
        except BaseException as error:
            for path, recorder in self.open.items():
                recorder.give_up(error)
                self._unlock(path)
            if self.plan.is_sweep:
                with contextlib.suppress(RunError):
                    self.folder.status.finish("failed")
            if isinstance(error, RunError):
                raise RepeatsFailed(f"{error} {kept(self.plan)}") from error
            raise

    def _train(self) -> None:
        if self.plan.experiment.race is not None:
            self.race = Race(self.plan)
        self._end_what_is_done()
        if not self.plan.is_sweep and self.plan.waiting:
            self._open(self.plan.cells[0])
        record_audits(self.folder.path, self.audited, self.listen)
        for jobs in filter(None, self._rounds()):
            self.executor.run(jobs, self.record)

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
        work = [(cell, self.plan.job(cell, k)) for cell in cells for k in cell.waiting]
        source = self.plan.experiment.sweep
        if source is not None and source.one_by_one:
            for cell in cells:
                yield [job for each, job in work if each is cell]
        elif self.race is None:
            yield [job for _, job in work]
        else:
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
        argv, source = self.plan.launch.argv, self.plan.experiment.sweep
        assert source is not None
        if self.folder.environment_path.exists():
            self.folder.status.resume((), ())
            record_resume(self.folder, argv)
            self.writer.captured = capture_environment(argv)
        else:
            self.folder.status.start("sweep", ())
            names = {cell.data.title: cell.data.name for cell in self.plan.cells}
            bundled_for = self.plan.experiment.bundled_for
            data = [DataRecord(dataset=n, title=title, bundled_for=bundled_for) for title, n in names.items()]
            about = Environment(data=data[0]) if len(data) == 1 else Environment()
            self.writer.captured = write_environment(self.folder, argv, about)
        write_text(self.folder.config_path, source.document)
        self.plan.index().write(self.folder.path)

    def _end_what_is_done(self) -> None:
        """Write the end of runs whose last repeat was finished when their process was killed."""
        for cell in self.plan.cells:
            if not cell.begun:
                continue
            stop = self.race.stops.get(cell.entry.hash) if self.race is not None else None
            entry = cell.entry.model_copy(update={"stopped": stop})
            status = cell_state(cell.path.parent, entry, self.plan.repeats).status
            if status == "stopped":
                if RunFolder(cell.path).status.read().status != "stopped":
                    self.record(Event("interrupted", REPEAT, folder=cell.path))
            elif status != "done" and not cell.waiting:
                self._open(cell)
                self._close(cell.path, None)
            elif status == "done" and not self.plan.is_sweep:
                write_summary(cell.path)

    def _open(self, cell: CellPlan) -> None:
        """Begin or resume a cell's run, or take it up again after it has rested."""
        if cell.path in self.locks:
            return
        self._lock(cell.path)
        if cell.path in self.open:
            return
        try:
            (self.writer.resume if cell.begun else self.writer.begin)(cell)
            self.open[cell.path] = RunRecorder(RunFolder(cell.path), cell, self.listen)
        except BaseException:
            self._unlock(cell.path)
            raise

    def _close(self, path: Path, final: RunStatus | None) -> None:
        self._open(self.cells[path])
        self.open[path].end(final)
        del self.open[path]
        self._unlock(path)

    def _lock(self, path: Path) -> None:
        if path != self.folder.path:  # which this process holds already
            lock = RunLock(path)
            lock.__enter__()
            self.locks[path] = lock

    def _unlock(self, path: Path) -> None:
        lock = self.locks.pop(path, None)
        if lock is not None:
            lock.__exit__(None, None, None)

    def _outcome(self) -> Outcome:
        if self.plan.is_sweep and self.race is not None:
            self.plan.index().with_stops(self.folder.path).write(self.folder.path)
        outcome = outcome_of(self.plan)
        if self.plan.is_sweep:
            self.folder.status.finish(outcome.status)
        return outcome
