"""Known mistakes: what each would give, and how to say it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnnlab.judge.references import Array


class Impossible(Exception):
    """With these arguments the mistake ends in an exception or in no definite answer."""


@dataclass(frozen=True)
class Mistake:
    """One known mistake, with every way known of making it."""

    name: str
    message: str
    ways: tuple[Callable[..., Any], ...]
    may_raise: bool = False
    """Whether some ways of writing it raise where a way here gives numbers."""


@dataclass
class Mistakes:
    """The known mistakes of one function, the likelier ones first."""

    entries: list[Mistake] = field(default_factory=list)

    def add(self, name: str, message: str, *ways: Callable[..., Any], may_raise: bool = False) -> None:
        self.entries.append(Mistake(name, message, ways, may_raise))


def simulate(way: Callable[..., Any], args: tuple[Any, ...]) -> Array | None:
    """What the mistake gives; None when it is impossible there."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(way(*args), np.float64)
    except (Impossible, ValueError, IndexError, TypeError, np.linalg.LinAlgError):
        return None
