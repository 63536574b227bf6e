"""Jobs as a worker serves them, wherever it runs: trained, with what happens told as events.

Everything that it or the frameworks print goes into the repeat's log.txt, C++ chatter included.
"""

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnlab.config.schema import Config
from cnnlab.errors import EXIT_USAGE, CnnlabError
from cnnlab.executors.base import Event, Job, Listener


class Session:
    """What a process keeps between jobs of one setup: its configured framework, and the data last used."""

    def __init__(self) -> None:
        """Nothing is imported, configured or loaded before the first job."""
        self._device: str | None = None
        self._data: tuple[Any, Any] = (None, None)  # which, and they themselves

    def serve(self, job: Job, tell: Listener, check: Callable[[], None], data: Any = None) -> Event:
        """Do a job, and return the event that ends it; its `data` are loaded unless they are given.

        `tell` gets the events of the job under way; `check` is called several times a second, and may raise `Stopped`.
        """
        from cnnlab.training.rules import LossNotFinite, Stopped

        try:
            return self._run(job, tell, check, data)
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

    def _run(self, job: Job, tell: Listener, check: Callable[[], None], data: Any) -> Event:
        from cnnlab.config.load import check as checked
        from cnnlab.config.load import document_of
        from cnnlab.files import remove_leftovers
        from cnnlab.runs.folder import RunFolder
        from cnnlab.runs.lock import sole_user
        from cnnlab.training.fitting import Hooks
        from cnnlab.training.framework import configure
        from cnnlab.training.prepare import prepare
        from cnnlab.training.repeat import train_one

        if job.repeat is not None:
            folder = RunFolder(job.folder).repeat(job.repeat).make()
            silence(folder.log_path)
        config = checked(document_of(job.config, job.folder / "config.yaml"))
        if self._device is None:
            self._device = configure(
                threads=config.training.cpu_threads,
                device=config.training.device,
                precision=config.training.precision,
                deterministic=config.training.deterministic,
                devices=config.training.devices,
            )
        data = self._load(config, job) if data is None else data
        if job.repeat is None:
            return Event("prepared", content=prepare(config, data))
        tell(Event("started", job.repeat))
        hooks = Hooks(
            report=lambda row: tell(Event("epoch", job.repeat, row)),
            check=check,
            note=lambda text: tell(Event("warning", job.repeat, error=f"repeat {job.repeat}: {text}")),
        )
        with sole_user(folder.path):
            remove_leftovers(folder.path)
            result = train_one(config, job.repeat, folder, data, device=self._device, hooks=hooks)
        return Event("done", job.repeat, result.model_dump())

    def _load(self, config: Config, job: Job) -> Any:
        """The job's data; those of the last job, where they are the same."""
        from cnnlab.training.prepare import load_data

        which = (config.data.dataset, job.data_dir)
        if self._data[0] != which:
            self._data = (None, None)  # never two of them in memory
            self._data = (which, load_data(config, job.data_dir))
        return self._data[1]


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
