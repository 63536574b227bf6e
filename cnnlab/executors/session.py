"""Jobs as a process does them, wherever it runs: trained, with what happens reported as events.

Everything that it or the frameworks print goes into the repeat's log.txt, C++ output included.
"""

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from cnnlab.backends import choose
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.errors import EXIT_USAGE, CnnlabError
from cnnlab.executors.base import Event, Job, Listener
from cnnlab.files import open_ordinary, remove_leftovers
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import sole_user
from cnnlab.streams import open_standard_streams
from cnnlab.training.fitting import Hooks
from cnnlab.training.framework import configure_training
from cnnlab.training.prepare import load_data, prepare
from cnnlab.training.repeat import train_one
from cnnlab.training.rules import LossNotFinite, Stopped


class WorkerSession:
    """What a process keeps between jobs of one setup: its configured framework, and the data last used."""

    def __init__(self) -> None:
        self._device: str | None = None
        self._loaded: tuple[object, Dataset] | None = None  # which data, and they themselves

    def serve(self, job: Job, report: Listener, check: Callable[[], None]) -> Event:
        """Do a job, and return the event that ends it.

        `report` gets the events until then; `check` is called several times a second, and may raise `Stopped`.
        """
        try:
            return self._run(job, report, check)
        except Stopped:
            return job.event("interrupted")
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            log_traceback()
            refused = error.exit_code if isinstance(error, CnnlabError) else None
            if isinstance(error, OSError):  # the disk, or the system, refuses
                refused = EXIT_USAGE
            return job.event("failed", error=_sentence(error), refused=refused)

    def _run(self, job: Job, report: Listener, check: Callable[[], None]) -> Event:
        if job.repeat is None:
            return self._try_out(job)
        folder = RunFolder(job.folder).repeat(job.repeat).make()
        silence(folder.log_path)
        config = job.config.unpacked()
        device = self._configured(config)
        data = self._data(config, job.data_dir)
        report(job.event("started"))
        hooks = Hooks(
            report=lambda row: report(job.event("epoch", row)),
            check=check,
            note=lambda text: report(job.event("warning", error=f"repeat {job.repeat}: {text}")),
        )
        with sole_user(folder.path):
            remove_leftovers(folder.path)
            result = train_one(
                config,
                job.repeat,
                folder,
                data,
                data_sha256=job.data_sha256,
                device=device,
                hooks=hooks,
            )
        return job.event("done", result.model_dump())

    def _try_out(self, job: Job) -> Event:
        config = job.config.unpacked()
        self._configured(config)
        return job.event("prepared", prepare(config, self._data(config, job.data_dir)))

    def _configured(self, config: Config) -> str:
        """Set the framework up, with the first job; returns the name of the device."""
        if self._device is None:
            choose(config.training.backend)
            self._device = configure_training(config.training)
        return self._device

    def _data(self, config: Config, data_dir: Path | None) -> Dataset:
        """The job's data; those of the last job, where they are the same."""
        which = (config.data.dataset, data_dir)
        if self._loaded is None or self._loaded[0] != which:
            self._loaded = None  # never two of them in memory
            self._loaded = (which, load_data(config, data_dir))
        return self._loaded[1]


def _sentence(error: Exception) -> str:
    """What a person reads of an error."""
    if isinstance(error, CnnlabError | LossNotFinite):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return f"{where}{error.strerror or error}."
    if isinstance(error, MemoryError):
        return "out of memory: try a smaller training.batch_size."
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"


def silence(path: Path) -> None:
    """Send file descriptors 1 and 2 to the end of the file `path`, for Python and for C++ alike."""
    open_standard_streams()
    sys.stdout.flush()
    sys.stderr.flush()
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    descriptor = os.open(path, flags) if path == Path(os.devnull) else open_ordinary(path, flags)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def log_traceback() -> None:
    """Print the exception being handled into the log, unless the disk takes nothing any more."""
    with contextlib.suppress(OSError):
        traceback.print_exc()
