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
from cnnlab.executors.interrupts import noted_interrupts
from cnnlab.executors.processes import forking_context, without_main
from cnnlab.executors.worker import work
from cnnlab.runs.machine import memory_bytes
from cnnlab.runs.process import memory_in_use

SECONDS_TO_STOP = 7.0
SECONDS_BETWEEN_LOOKS = 1.0  # at the memory that the workers take
FAILED_STARTS = 3  # in a row, after which it is no accident
REPEATS_PER_WORKER = 20  # Keras leaks some 10 MiB a model; a fresh process now and then bounds that


@final
class LocalExecutor:
    """Worker processes on this machine, forked from one that has imported Keras."""

    def __init__(self, count: int, environments: Sequence[dict[str, str]] = ()) -> None:
        """Use up to `count` processes; `environments` are shared out among them, such as one GPU each."""
        self.count = count
        self.environments = list(environments) or [{}]
        self.failed_starts = 0
        self._workers: list[_Worker] = []

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs; see `Executor`."""
        waiting = deque(jobs)
        workers = self._workers = []
        with noted_interrupts() as interrupted:
            try:
                while waiting or any(worker.job for worker in workers):
                    self._staff(workers, waiting)
                    for worker in self._speaking(workers, interrupted):
                        self._hear(worker, workers, waiting, listen)
            except KeyboardInterrupt:
                self._stop(workers, listen)
                raise
            finally:
                for worker in workers:
                    worker.close()

    def stop(self, folder: Path, repeat: int) -> None:
        """End a job that runs; see `Executor`."""
        for worker in self._workers:
            if worker.job is not None and (worker.job.folder, worker.job.repeat) == (folder, repeat):
                worker.stop()

    def _staff(self, workers: list["_Worker"], waiting: deque[Job]) -> None:
        """Start workers while there is work for them."""
        if len(workers) == self.count:
            return
        idle = Counter(worker.setup for worker in workers if worker.job is None)
        for job in waiting:
            if idle[job.setup]:
                idle[job.setup] -= 1
                continue
            taken = {worker.slot for worker in workers}
            slot = min(set(range(self.count)) - taken)
            workers.append(_Worker(job, slot, self.environments[slot % len(self.environments)]))
            if len(workers) == self.count:
                return

    @staticmethod
    def _speaking(workers: list["_Worker"], interrupted: Connection) -> list["_Worker"]:
        """Wait for workers that say something or have ended; KeyboardInterrupt when `interrupted` can be read."""
        by_handle: dict[Any, _Worker] = {}
        for worker in workers:
            by_handle |= {worker.connection: worker, worker.process.sentinel: worker}
        ready = wait([interrupted, *by_handle], SECONDS_BETWEEN_LOOKS)
        if interrupted in ready:
            raise KeyboardInterrupt
        for worker in workers:
            worker.look()
        return list({id(by_handle[h]): by_handle[h] for h in ready}.values())

    def _hear(
        self,
        worker: "_Worker",
        workers: list["_Worker"],
        waiting: deque[Job],
        listen: Listener,
    ) -> None:
        try:
            event = worker.connection.recv() if worker.connection.poll() else None
            if event is None:  # its process has ended without a word
                raise EOFError
        except (EOFError, ConnectionResetError):
            workers.remove(worker)
            if worker.job is not None:
                listen(worker.job.said(Event("failed", worker.job.repeat, error=worker.obituary())))
            elif not worker.ready:
                self._failed_to_start(worker)
            return
        if worker.job is not None:
            event = worker.job.said(event)
        if event.kind in UNDER_WAY:
            listen(event)
            return
        if event.kind == "ready":
            worker.ready, self.failed_starts = True, 0
        else:
            worker.job = None
            worker.served += 1
            listen(event)
        stopping = worker.stopping or event.kind == "interrupted"
        fresh = worker.served < REPEATS_PER_WORKER and not stopping
        following = next((job for job in waiting if job.setup == worker.setup), None) if fresh else None
        if following is not None:
            waiting.remove(following)
            worker.give(following)
        else:
            workers.remove(worker)
            worker.close()

    def _failed_to_start(self, worker: "_Worker") -> None:
        """Let another take its place, unless that has happened too often."""
        self.failed_starts += 1
        if self.failed_starts >= FAILED_STARTS:
            raise RepeatsFailed(
                f"{FAILED_STARTS} worker processes in a row ended before they could start; of the last, "
                f"{worker.obituary()}"
            )

    @staticmethod
    def _stop(workers: list["_Worker"], listen: Listener) -> None:
        """Ask all to stop, and give them some seconds for it."""
        busy = [worker for worker in workers if worker.job is not None]
        for worker in busy:
            worker.stop()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for worker in busy:
            event = worker.last_word(deadline)
            if worker.job is not None:
                listen(worker.job.said(event or Event("interrupted", worker.job.repeat)))
            if event is not None:
                worker.job = None


class _Worker:
    """The parent's end of one worker process."""

    def __init__(self, first: Job, slot: int, environment: dict[str, str]) -> None:
        """Start a process for jobs with the setup of `first`."""
        self.setup = first.setup
        choose(first.config["training"]["backend"])
        context = forking_context()
        self.slot = slot
        self.job: Job | None = None
        self.served = 0
        self.ready = False
        self.stopping = False  # it takes no job any more
        self.peak = 0  # bytes
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, environment), daemon=True)
        with without_main():
            self.process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        self.job = job
        self.send(job)

    def stop(self) -> None:
        """Ask it to save the state of its job, and to end."""
        if not self.stopping:
            self.stopping = True
            self.send(None)

    def send(self, message: Any) -> None:
        with contextlib.suppress(OSError):  # its sentinel tells that it has died
            self.connection.send(message)

    def last_word(self, deadline: float) -> Event | None:
        """The event that ends its job, if it comes before the deadline."""
        with contextlib.suppress(EOFError, ConnectionResetError):
            while self.connection.poll(max(0.0, deadline - time.monotonic())):
                event = self.connection.recv()
                if event.kind not in {"ready", *UNDER_WAY}:
                    return event
        return None

    def look(self) -> None:
        """Note the most memory that the process was seen to take, for its obituary."""
        if self.process.pid is not None:
            self.peak = max(self.peak, memory_in_use(self.process.pid))

    def obituary(self) -> str:
        """How the process ended, in words."""
        self.process.join(timeout=5)
        code = self.process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            return f"its process was killed by {name}{self._suspicion() if name == 'SIGKILL' else ''}."
        return f"its process ended with exit code {code}."

    def _suspicion(self) -> str:
        """What the system kills for most often, with what is known of it."""
        memory = memory_bytes()
        whole = memory["limit"] or memory["total"]
        taken = f"it had taken {self.peak / 1e9:.2f} GB" if self.peak else ""
        taken += f" of {whole / 1e9:.1f} GB; " if taken and whole else ""
        return f" (perhaps for lack of memory: {taken}try a smaller training.batch_size, or --jobs 1)"

    def close(self) -> None:
        """End the process: politely, then not."""
        self.send(None)
        self.connection.close()
        self.process.join(timeout=0.5 if self.job else 5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
