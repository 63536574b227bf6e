"""What an executor is given, what it says, and what it promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

Kind = Literal["ready", "prepared", "started", "epoch", "done", "failed", "interrupted", "stopped", "warning"]
UNDER_WAY = {"started", "epoch", "warning"}
"""Events of a job that goes on."""


@dataclass(frozen=True)
class Job:
    """One repeat to train, or the network to try out first (`repeat` is None). Jobs of many runs may go together."""

    config: dict[str, Any]  # resolved, plain data
    repeat: int | None
    folder: Path  # of the run
    data_dir: Path | None

    def said(self, event: "Event") -> "Event":
        """The same event, marked as one of this job: executors pass on every event so."""
        return replace(event, folder=self.folder)

    @cached_property
    def setup(self) -> str:
        """What a process decides once and for all: jobs that differ in it need processes of their own."""
        training = self.config["training"]
        keys = ("backend", "threads", "device", "devices", "precision", "deterministic")
        return repr([*(training[key] for key in keys), self.config["extensions"]])


@dataclass(frozen=True)
class Event:
    """What is said of a job: `content` depends on `kind`; `error` is one sentence, `refused` its exit code.

    stopped is said by who called `Executor.stop`, never by an executor.
    """

    kind: Kind
    repeat: int | None = None
    content: Any = None
    error: str | None = None
    refused: int | None = None
    folder: Path | None = None  # of the job that it is about


Listener = Callable[[Event], None]


class Executor(Protocol):
    """Runs jobs somewhere, and reports what happens to each."""

    def run(self, jobs: Sequence[Job], listen: Listener) -> None:
        """Run all jobs, of one run or of many; call `listen` with every event, marked by `Job.said`, in this
        process. A job that fails, or whose process dies, ends with a `failed`
        event; the others go on. On KeyboardInterrupt the running jobs are stopped (`interrupted` events), those that
        wait say nothing, and the exception goes on.
        """

    def stop(self, folder: Path, repeat: int) -> None:
        """Let a job that runs save its state and end, with `interrupted`, or as it ends anyway. For listeners of `run`:
        it returns at once, and the job may tell of an epoch more.
        """
