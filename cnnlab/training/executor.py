"""Who executes the repeats. `LocalExecutor` uses worker processes on this machine."""

import contextlib
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from cnnlab.training.worker import Event, Job, work

SECONDS_TO_STOP = 7.0
UNDER_WAY = {"started", "epoch", "warning"}  # events of a job that goes on
REPEATS_PER_WORKER = 20  # Keras leaks some 10 MiB a model; a fresh process now and then bounds that


class Executor(Protocol):
    """Runs jobs somewhere, and reports what happens to each."""

    def run(self, jobs: Sequence[Job], listen: Callable[[Event], None]) -> None:
        """Run all jobs; call `listen` with every event, in this process.

        A job that fails, or whose process dies, ends with a `failed` event; the others go on. On
        KeyboardInterrupt the running jobs are stopped (`interrupted` events), and the exception goes on.
        """


class LocalExecutor:
    """Worker processes on this machine, forked from one that has imported Keras."""

    def __init__(self, count: int, environments: Sequence[dict[str, str]] = ()) -> None:
        """Use up to `count` processes; `environments` are shared out among them, such as one GPU each."""
        self.count = count
        self.environments = list(environments) or [{}]
        self.context = _context()

    def run(self, jobs: Sequence[Job], listen: Callable[[Event], None]) -> None:
        """Run all jobs; see `Executor`."""
        waiting = deque(jobs)
        workers: list[_Worker] = []
        try:
            while waiting or any(worker.job for worker in workers):
                self._staff(workers, waiting)
                for worker in self._speaking(workers):
                    self._hear(worker, workers, waiting, listen)
        except KeyboardInterrupt:
            self._stop(workers, listen)
            raise
        finally:
            for worker in workers:
                worker.close()

    def _staff(self, workers: list["_Worker"], waiting: deque[Job]) -> None:
        """Start workers while there is work for them."""
        idle = sum(worker.job is None for worker in workers)
        while len(workers) < self.count and idle < len(waiting):
            taken = {worker.slot for worker in workers}
            slot = min(set(range(self.count)) - taken)
            workers.append(_Worker(self.context, slot, self.environments[slot % len(self.environments)]))
            idle += 1

    @staticmethod
    def _speaking(workers: list["_Worker"]) -> list["_Worker"]:
        by_handle: dict[Any, _Worker] = {}
        for worker in workers:
            by_handle |= {worker.connection: worker, worker.process.sentinel: worker}
        return list({id(by_handle[h]): by_handle[h] for h in wait(list(by_handle))}.values())

    def _hear(
        self,
        worker: "_Worker",
        workers: list["_Worker"],
        waiting: deque[Job],
        listen: Callable[[Event], None],
    ) -> None:
        try:
            event = worker.connection.recv() if worker.connection.poll() else None
            if event is None:  # its process has ended without a word
                raise EOFError
        except (EOFError, ConnectionResetError):
            workers.remove(worker)
            if worker.job is not None:
                listen(Event("failed", worker.job.repeat, error=worker.obituary()))
            elif not worker.served:
                raise RuntimeError(f"A worker process could not start: {worker.obituary()}") from None
            return
        if event.kind in UNDER_WAY:
            listen(event)
            return
        if event.kind != "ready":
            worker.job = None
            worker.served += 1
            listen(event)
        if waiting and worker.served < REPEATS_PER_WORKER:
            worker.give(waiting.popleft())
        else:
            workers.remove(worker)
            worker.close()

    @staticmethod
    def _stop(workers: list["_Worker"], listen: Callable[[Event], None]) -> None:
        """Ask all to stop, and give them some seconds for it."""
        busy = [worker for worker in workers if worker.job is not None]
        for worker in busy:
            worker.send(None)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for worker in busy:
            event = worker.last_word(deadline)
            if event is not None and event.kind == "done":
                listen(event)
            elif worker.job is not None:
                listen(Event("interrupted", worker.job.repeat))


class _Worker:
    """The parent's end of one worker process."""

    def __init__(self, context: Any, slot: int, environment: dict[str, str]) -> None:
        self.slot = slot
        self.job: Job | None = None
        self.served = 0
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, environment), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        self.job = job
        self.send(job)

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

    def obituary(self) -> str:
        """How the process ended, in words."""
        self.process.join(timeout=5)
        code = self.process.exitcode
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            memory = " (perhaps for lack of memory: try a smaller training.batch_size, or --jobs 1)"
            return f"its process was killed by {name}{memory if name == 'SIGKILL' else ''}."
        return f"its process ended with exit code {code}."

    def close(self) -> None:
        """End the process: politely, then not."""
        self.send(None)
        self.connection.close()
        self.process.join(timeout=0.5 if self.job else 5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _context() -> Any:
    """Fork workers from a process with Keras imported where the platform can; else start each anew."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cnnlab.training.warm"])
    return context
