"""What an executor is given, the events that it reports, and what it promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from cnnlab.config.load import check, document_of, dump_config
from cnnlab.config.schema import Config

Kind = Literal[
    "planned",
    "note",
    "ready",
    "prepared",
    "started",
    "epoch",
    "done",
    "failed",
    "interrupted",
    "stopped",
    "warning",
]
UNDER_WAY = {"started", "epoch", "warning"}
"""Events of a job that has not ended."""


@dataclass(frozen=True)
class Event:
    """What happened to a job: `content` depends on `kind`; `error` is one sentence, `refused` its exit code.

    stopped is reported by who called `Executor.stop`, never by an executor.
    """

    kind: Kind
    repeat: int | None = None
    content: Any = None
    error: str | None = None
    refused: int | None = None
    folder: Path | None = None  # of the job that it is about


class _Reporting:
    """Makes the events of a job."""

    repeat: int | None
    folder: Path

    def event(
        self, kind: Kind, content: Any = None, *, error: str | None = None, refused: int | None = None
    ) -> Event:
        """An event of this job."""
        return Event(kind, self.repeat, content, error, refused, self.folder)


@dataclass(frozen=True)
class Job(_Reporting):
    """One repeat to train, or the network to try out first (`repeat` is None). Jobs of many runs may go together."""

    config: Config
    repeat: int | None
    folder: Path  # of the run
    data_dir: Path | None
    data_sha256: str | None = (
        None  # of the data's content, where it is known, so that workers need not compute it
    )

    @cached_property
    def setup(self) -> str:
        """What a process decides once and for all: jobs that differ in it need processes of their own."""
        training = self.config.training
        keys = ("backend", "threads", "device", "devices", "precision", "deterministic")
        return repr([*(getattr(training, key) for key in keys), [str(p) for p in self.config.extensions]])

    def packed(self) -> "PackedJob":
        """The same job for another process."""
        return PackedJob(dump_config(self.config), self.repeat, self.folder, self.data_dir, self.data_sha256)


@dataclass(frozen=True)
class PackedJob(_Reporting):
    """A job on its way to another process: a config itself may hold classes that only its extensions define."""

    config: dict[str, Any]
    repeat: int | None
    folder: Path
    data_dir: Path | None
    data_sha256: str | None = None

    def checked_config(self) -> Config:
        """The config, its extensions loaded. Raises ConfigError when that cannot be done here."""
        return check(document_of(self.config, self.folder / "config.yaml"))


Listener = Callable[[Event], None]


class Executor(Protocol):
    """Runs jobs somewhere, and reports what happens to each."""

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs, of one run or of many; call `listen` in this process with every event, see `Job.event`.

        A job that fails, or whose process dies, ends with a `failed` event; the others continue. On KeyboardInterrupt
        the running jobs are stopped (`interrupted` events), those that wait get no event, and the exception is raised
        again.
        """

    def stop(self, folder: Path, repeat: int) -> None:
        """Let a job that runs save its state and end, with `interrupted`, or as it ends anyway. For listeners of `run`:
        it returns at once, and the job may report another epoch.
        """
