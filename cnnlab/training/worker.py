"""A worker process: gets jobs through a pipe, trains, and says what happens.

Everything that it or the frameworks print goes into the repeat's log.txt, C++ chatter included.
"""

import contextlib
import os
import signal
import sys
import traceback
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from cnnlab.errors import EXIT_USAGE, CnnlabError

Kind = Literal["ready", "prepared", "started", "epoch", "done", "failed", "interrupted", "warning"]


@dataclass(frozen=True)
class Job:
    """One repeat to train, or the network to try out first (`repeat` is None)."""

    config: dict[str, Any]  # resolved, plain data
    repeat: int | None
    folder: Path  # of the run; jobs of several runs may be mixed
    data_dir: Path | None

    def said(self, event: "Event") -> "Event":
        """The same event, marked as one of this job: executors pass on every event so."""
        return replace(event, folder=self.folder)


@dataclass(frozen=True)
class Event:
    """What a worker says: `content` depends on `kind`; `error` is one sentence, `refused` its exit code."""

    kind: Kind
    repeat: int | None = None
    content: Any = None
    error: str | None = None
    refused: int | None = None
    folder: Path | None = None  # of the job that it is about


def work(connection: Connection, environment: dict[str, str]) -> None:
    """Serve jobs until the parent says stop (None), or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and tells through the pipe
    os.environ.update(environment)
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    silence(Path(os.devnull))
    session = _Session(connection)
    signal.signal(signal.SIGTERM, session.stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent's affair, like SIGINT
    try:
        connection.send(Event("ready"))
        while not session.stopping and (job := connection.recv()) is not None:
            connection.send(session.serve(job))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the parent is gone, and nobody reads what we would say
    os._exit(0)  # at once: the frameworks' threads have nothing left to save


def silence(path: Path) -> None:
    """Send file descriptors 1 and 2 to the end of the file `path`, for Python and for C++ alike."""
    sys.stdout.flush()
    sys.stderr.flush()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def log_traceback() -> None:
    """Print the exception being handled into the log, unless the disk takes nothing any more."""
    with contextlib.suppress(OSError):
        traceback.print_exc()


class _Session:
    """What a worker keeps between jobs: its configured framework, and the data."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.busy = False
        self.stopping = False
        self.device: str | None = None
        self.data: Any = None
        self.data_key: Any = None

    def stop(self, number: int, frame: Any) -> None:
        """Handle SIGTERM: end at once when there is nothing to save, else at the next look."""
        self.stopping = True
        if not self.busy:
            os._exit(0)

    def serve(self, job: Job) -> Event:
        from cnnlab.training.rules import LossNotFinite, Stopped

        self.busy = True
        try:
            return self._run(job)
        except Stopped:
            return Event("interrupted", job.repeat)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except LossNotFinite as error:
            log_traceback()
            return Event("failed", job.repeat, error=str(error))
        except CnnlabError as error:
            log_traceback()
            return Event("failed", job.repeat, error=str(error), refused=error.exit_code)
        except OSError as error:  # the disk, or the system, refuses
            log_traceback()
            where = f"{error.filename}: " if error.filename is not None else ""
            return Event("failed", job.repeat, error=f"{where}{error.strerror or error}.", refused=EXIT_USAGE)
        except MemoryError:
            log_traceback()
            return Event("failed", job.repeat, error="out of memory: try a smaller training.batch_size.")
        except Exception as error:
            log_traceback()
            line = str(error).strip().splitlines()
            return Event("failed", job.repeat, error=f"{type(error).__name__}: {line[0] if line else ''}")
        finally:
            self.busy = False

    def _run(self, job: Job) -> Event:
        from cnnlab.config.load import check, document_of
        from cnnlab.runs.atomic import remove_leftovers
        from cnnlab.runs.folder import RunFolder
        from cnnlab.runs.lock import sole_user
        from cnnlab.training.fitting import Hooks
        from cnnlab.training.framework import configure
        from cnnlab.training.prepare import load_data, prepare
        from cnnlab.training.repeat import train_one

        if job.repeat is not None:
            folder = RunFolder(job.folder).repeat(job.repeat).make()
            silence(folder.log_path)
        config = check(document_of(job.config, job.folder / "config.yaml"))
        if self.device is None:
            self.device = configure(
                threads=config.training.threads,
                device=config.training.device,
                precision=config.training.precision,
                deterministic=config.training.deterministic,
            )
        key = config.data.dataset, job.data_dir
        if self.data is None or self.data_key != key:
            self.data, self.data_key = None, key  # the old ones go before the new ones come
            self.data = load_data(config, job.data_dir)
        if job.repeat is None:
            return Event("prepared", content=prepare(config, self.data))
        self._tell(Event("started", job.repeat))
        hooks = Hooks(
            report=lambda row: self._tell(Event("epoch", job.repeat, row)),
            check=self._check,
            note=lambda text: self._tell(Event("warning", job.repeat, error=f"repeat {job.repeat}: {text}")),
        )
        with sole_user(folder.path):
            remove_leftovers(folder.path)
            result = train_one(config, job.repeat, folder, self.data, device=self.device, hooks=hooks)
        return Event("done", job.repeat, result)

    def _tell(self, event: Event) -> None:
        """Send an event; that the parent is gone shows at the next look."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(event)

    def _check(self) -> None:
        """Raise Stopped on SIGTERM, and when the parent has sent anything or is gone."""
        from cnnlab.training.rules import Stopped

        try:
            if not self.stopping and not self.connection.poll():
                return
            if not self.stopping:
                self.connection.recv()
        except (EOFError, ConnectionResetError):
            pass
        raise Stopped
