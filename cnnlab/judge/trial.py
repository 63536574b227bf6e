"""Questions to a network with what came of them."""

from dataclasses import dataclass
from typing import Any

from cnnlab.judge.outcome import Array, Outcome, verdict


@dataclass(frozen=True)
class Asked:
    """One question to a network, as a diagnosis takes it."""

    args: tuple[Any, ...]
    expected: Array
    label: str = ""


@dataclass(frozen=True)
class Trial:
    """Questions and outcomes of one way of running."""

    asked: list[Asked]
    outcomes: list[Outcome]

    def bad(self) -> list[int]:
        """Numbers of the outcomes that are not right; a run that was cut short is bad."""
        pairs = enumerate(zip(self.asked, self.outcomes, strict=True))
        return [i for i, (question, outcome) in pairs if verdict(outcome, question.expected) == "different"]
