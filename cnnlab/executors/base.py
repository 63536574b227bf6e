"""What an executor is given, the events that it reports, and what it promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from cnnlab.config.packed import PackedConfig
from cnnlab.config.schema import Config
from cnnlab.executors.resources import Need

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


class ProcessSetup(NamedTuple):
    """What a process decides once and for all: jobs that differ in it need processes of their own."""

    backend: str
    threads: int | str
    device: str
    devices: int
    precision: str
    deterministic: bool
    extensions: tuple[str, ...]

    @classmethod
    def of(cls, config: Config) -> "ProcessSetup":
        asked = config.training
        return cls(
            asked.backend,
            asked.threads,
            asked.device,
            asked.devices,
            asked.precision,
            asked.deterministic,
            tuple(map(str, config.extensions)),
        )


@dataclass(frozen=True)
class Job:
    """One repeat to train, or the network to try out first (`repeat` is None). Jobs of many runs may go together.

    It holds plain data, and so can be sent to any process.
    """

    config: PackedConfig
    repeat: int | None
    folder: Path  # of the run
    data_dir: Path | None
    setup: ProcessSetup
    need: Need
    data_sha256: str | None = None
    """Of the data's content, where it is known: workers need not compute it then."""

    @classmethod
    def of(
        cls,
        config: Config,
        repeat: int | None,
        folder: Path,
        data_dir: Path | None,
        data_sha256: str | None = None,
    ) -> "Job":
        """The job of a resolved config."""
        packed = PackedConfig.of(config, folder / "config.yaml")
        return cls(packed, repeat, folder, data_dir, ProcessSetup.of(config), Need.of(config), data_sha256)

    def event(
        self, kind: Kind, content: Any = None, *, error: str | None = None, refused: int | None = None
    ) -> Event:
        return Event(kind, self.repeat, content, error, refused, self.folder)


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
