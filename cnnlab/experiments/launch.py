"""Where and how to train: nothing of it changes a result."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from pydantic import Field

from cnnlab.executors.choice import ExecutorChoice, Name
from cnnlab.runs.find import expanded, runs_directory

PathLike = str | os.PathLike[str]
Jobs = Annotated[int, Field(ge=1)] | Literal["auto"]


@dataclass(frozen=True)
class Launch:
    """Where and how to train. Raises ConfigError for an address that the executor has no use for."""

    data_dir: Path | None = None  # None: $CNNLAB_DATA, else the user cache
    runs_dir: Path = Path("runs")
    jobs: Jobs = "auto"  # repeats side by side
    executor: ExecutorChoice = field(default_factory=ExecutorChoice)
    only_repeat: int | None = None  # of the repeats, this one alone
    skip_finished: bool = False  # show a finished run of the same config and data, or resume it
    argv: tuple[str, ...] = ("cnnlab",)  # the command line, or the function, that started it

    @classmethod
    def of(cls, settings: "LaunchSettings", argv: tuple[str, ...]) -> "Launch":
        """The launch that keyword arguments describe."""
        data_dir, runs_dir = settings.get("data_dir"), settings.get("runs_dir")
        return cls(
            data_dir=None if data_dir is None else expanded(Path(data_dir)),
            runs_dir=runs_directory(None if runs_dir is None else Path(runs_dir)),
            jobs=settings.get("jobs", "auto"),
            executor=ExecutorChoice(settings.get("executor", "local"), settings.get("address")),
            only_repeat=settings.get("only_repeat"),
            skip_finished=settings.get("skip_finished", False),
            argv=settings.get("argv", argv),
        )


class LaunchSettings(TypedDict, total=False):
    """`Launch` as the keyword arguments of `cnnlab.train`, `cnnlab.sweep` and `cnnlab.compare`."""

    data_dir: PathLike | None
    runs_dir: PathLike | None
    jobs: Jobs
    executor: Name
    address: str | None
    only_repeat: int | None
    skip_finished: bool
    argv: tuple[str, ...]
