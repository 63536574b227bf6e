"""What a logger is, and the registry of them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from cnnlab.registry import Registry

logger = Registry("logger")
"""Decorator and registry. A logger is called with its parameters and returns a `Logger`.

Traits: `package`, the module that must be installed for it, and `extra`, the extra of cnnlab that brings it.
"""

Name = Annotated[str, Field(min_length=1)]
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class RunInfo:
    """The run that is logged: its folder, its name, and its resolved config as plain data."""

    folder: Path
    name: str
    config: Mapping[str, Any]


class Logger:
    """Logs one run; each method does nothing here. All are called in one thread, in order, `start` first.

    Whatever they raise ends the logging and never the run.
    """

    def start(self, run: RunInfo) -> None:
        """The run begins."""

    def start_repeat(self, repeat: int) -> None:
        """Repeat `repeat` (from 0) begins."""

    def epoch(self, repeat: int, row: Mapping[str, float | int | None]) -> None:
        """An epoch has ended: `row` is its line of metrics.csv; None is what was not measured."""

    def end_repeat(self, repeat: int, status: str, result: Mapping[str, Any] | None) -> None:
        """A repeat has ended: done, failed, interrupted or stopped early; `result` is that of result.json, if done."""

    def end(self, status: str) -> None:
        """The run has ended, with the status of status.json."""


def figures(row: Mapping[str, float | int | None]) -> dict[str, float]:
    """The measured numbers of an epoch by their column, without the epoch itself."""
    return {name: float(value) for name, value in row.items() if value is not None and name != "epoch"}


def final_figures(result: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Each finite final metric of a result as ("test_accuracy", 0.93)."""
    for split in SPLITS:
        for name, value in ((result.get("metrics") or {}).get(split) or {}).items():
            if isinstance(value, int | float) and math.isfinite(value):
                yield f"{split}_{name}", float(value)
