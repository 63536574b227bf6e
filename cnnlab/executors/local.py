"""Worker processes on this machine."""

import contextlib
import signal
import time
from collections import Counter, deque
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, final

from cnnlab.backends import choose
from cnnlab.errors import RepeatsFailed
from cnnlab.executors.base import UNDER_WAY, Event, Job, Listener
from cnnlab.executors.interrupts import kept_from_children, noted_interrupts
from cnnlab.executors.processes import context_for_workers, without_main
from cnnlab.executors.worker import work
from cnnlab.runs.machine import memory_bytes
from cnnlab.runs.process import memory_in_use

SECONDS_TO_STOP = 7.0
SECONDS_BETWEEN_LOOKS = 1.0  # at the memory that the workers take
FAILED_STARTS = 3  # in a row, after which it is not an accident
REPEATS_PER_WORKER = 20  # Keras leaks some 10 MiB a model; a fresh process now and then bounds that


@final
class LocalExecutor:
    """Worker processes on this machine, forked from one that has imported Keras."""

    def __init__(self, count: int, environments: Sequence[dict[str, str]] = ()) -> None:
        """Use up to `count` processes; `environments` are shared out among them, such as one GPU each."""
        self.count = count
        self.environments = list(environments) or [{}]
        self._pool: _Pool | None = None

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        self._pool = _Pool(self, jobs, listen)
        self._pool.run()

    def stop(self, folder: Path, repeat: int) -> None:
        for worker in self._pool.workers if self._pool else ():
            if worker.job is not None and (worker.job.folder, worker.job.repeat) == (folder, repeat):
                worker.stop()


class _Pool:
    """The workers of one call of `LocalExecutor.run`, and the jobs that wait for them."""

    def __init__(self, executor: LocalExecutor, jobs: Sequence[Job], listen: Listener) -> None:
        self.count, self.environments, self.listen = executor.count, executor.environments, listen
        self.waiting = deque(jobs)
        self.workers: list[_Worker] = []
        self.failed_starts = 0

    def run(self) -> None:
        with noted_interrupts() as interrupted:
            try:
                while self.waiting or any(worker.job for worker in self.workers):
                    self._start_workers()
                    for worker in self._workers_with_news(interrupted):
                        self._take_event(worker)
            except KeyboardInterrupt:
                self._stop_all()
                raise
            finally:
                for worker in self.workers:
                    worker.close()

    def _start_workers(self) -> None:
        """Start workers while there is work for them."""
        idle = Counter(worker.setup for worker in self.workers if worker.job is None)
        for job in self.waiting:
            if len(self.workers) == self.count:
                return
            if idle[job.setup]:
                idle[job.setup] -= 1
                continue
            slot = min(set(range(self.count)) - {worker.slot for worker in self.workers})
            self.workers.append(_Worker(job, slot, self.environments[slot % len(self.environments)]))

    def _workers_with_news(self, interrupted: Connection) -> list["_Worker"]:
        """Wait for workers that report something or have ended; KeyboardInterrupt when `interrupted` can be read."""
        by_handle: dict[Any, _Worker] = {}
        for worker in self.workers:
            by_handle |= {worker.connection: worker, worker.process.sentinel: worker}
        ready = wait([interrupted, *by_handle], SECONDS_BETWEEN_LOOKS)
        if interrupted in ready:
            raise KeyboardInterrupt
        for worker in self.workers:
            worker.note_memory()
        return list({id(by_handle[h]): by_handle[h] for h in ready}.values())

    def _take_event(self, worker: "_Worker") -> None:
        """Pass an event on, and give the worker another job, or an end, when it has none."""
        event = worker.next_event()
        if event is None:
            self._bury(worker)
        elif event.kind in UNDER_WAY:
            self.listen(event)
        else:
            if event.kind == "ready":
                worker.ready, self.failed_starts = True, 0
            else:
                worker.job = None
                worker.served += 1
                self.listen(event)
            self._give_job(worker, fresh=event.kind != "interrupted")

    def _give_job(self, worker: "_Worker", *, fresh: bool) -> None:
        """Give a worker the next job that it can do; close one that is not `fresh`, or has served long enough."""
        if fresh and not worker.stopping and worker.served < REPEATS_PER_WORKER:
            for job in self.waiting:
                if job.setup == worker.setup:
                    self.waiting.remove(job)
                    worker.give(job)
                    return
        self.workers.remove(worker)
        worker.close()

    def _bury(self, worker: "_Worker") -> None:
        """Report the job that a dead worker had; let another take its place, unless that has happened too often."""
        self.workers.remove(worker)
        if worker.job is not None:
            self.listen(worker.job.event("failed", error=worker.cause_of_death()))
        elif not worker.ready:
            self.failed_starts += 1
            if self.failed_starts >= FAILED_STARTS:
                raise RepeatsFailed(
                    f"{FAILED_STARTS} worker processes in a row ended before they could start; of the last, "
                    f"{worker.cause_of_death()}"
                )

    def _stop_all(self) -> None:
        """Ask all to stop, and give them some seconds for it."""
        busy = [(worker, worker.job) for worker in self.workers if worker.job is not None]
        for worker, _ in busy:
            worker.stop()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for worker, job in busy:
            event = worker.last_event(deadline)
            self.listen(event or job.event("interrupted"))
            if event is not None:
                worker.job = None


class _Worker:
    """The parent's end of one worker process."""

    def __init__(self, first: Job, slot: int, environment: dict[str, str]) -> None:
        """Start a process for jobs with the setup of `first`."""
        self.setup = first.setup
        choose(first.setup.backend)
        context = context_for_workers()
        self.slot = slot
        self.job: Job | None = None
        self.served = 0
        self.ready = False
        self.stopping = False  # it takes no job any more
        self.peak = 0  # bytes
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, environment), daemon=True)
        try:
            with without_main(), kept_from_children():
                self.process.start()
        except EOFError:
            raise RepeatsFailed(
                "The process that workers are forked from was ended from outside (perhaps for lack of memory) "
                "before it could start one. Run the same command again."
            ) from None
        theirs.close()

    def give(self, job: Job) -> None:
        self.job = job
        self._send(job)

    def stop(self) -> None:
        """Ask it to save the state of its job, and to end."""
        if not self.stopping:
            self.stopping = True
            self._send(None)

    def _send(self, message: Job | None) -> None:
        with contextlib.suppress(OSError):  # its sentinel shows that it has died
            self.connection.send(message)

    def next_event(self) -> Event | None:
        """The event that it has sent; None when its process has ended without one."""
        try:
            return self.connection.recv() if self.connection.poll() else None
        except (EOFError, ConnectionResetError):
            return None

    def last_event(self, deadline: float) -> Event | None:
        """The event that ends its job, if it comes before the deadline."""
        with contextlib.suppress(EOFError, ConnectionResetError):
            while self.connection.poll(max(0.0, deadline - time.monotonic())):
                event: Event = self.connection.recv()
                if event.kind not in {"ready", *UNDER_WAY}:
                    return event
        return None

    def note_memory(self) -> None:
        """Note the most memory that the process was seen to take, in case it dies of that."""
        if self.process.pid is not None:
            self.peak = max(self.peak, memory_in_use(self.process.pid))

    def cause_of_death(self) -> str:
        """How the process ended, in words."""
        self.process.join(timeout=5)
        code = self.process.exitcode
        if code is None or code >= 0:
            return f"its process ended with exit code {code}."
        name = signal.Signals(-code).name
        return f"its process was killed by {name}{self._out_of_memory() if name == 'SIGKILL' else ''}."

    def _out_of_memory(self) -> str:
        """What the system kills for most often, with what is known of it."""
        memory = memory_bytes()
        whole = memory["limit"] or memory["total"]
        taken = f"it had taken {self.peak / 1e9:.2f} GB" if self.peak else ""
        taken += f" of {whole / 1e9:.1f} GB; " if taken and whole else ""
        return f" (perhaps for lack of memory: {taken}try a smaller training.batch_size, or --jobs 1)"

    def close(self) -> None:
        """End the process: politely, then not."""
        self._send(None)
        self.connection.close()
        self.process.join(timeout=0.5 if self.job else 5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
