"""One mistake: where it is, how it is called, and the text that makes it in each style."""

from dataclasses import dataclass

from ..contract import CALLERS, CHECKS, GRADES
from ..editing import Edit


@dataclass(frozen=True)
class Mistake:
    """A single mistake in one function.

    `name` is unique in this corpus; `identifier` is what the judge must say, and several ways of making one
    mistake share it. `grade` is the most severe grade at which a check fails. `consequences` are the other
    checks that fail with it where the grade is required; below that they depend on the judge's inputs.
    `stops_callers` says that a function that uses this one no longer comes to an end.
    """

    name: str
    identifier: str
    function: str
    grade: str
    description: str
    vectorised: tuple[Edit, ...]
    loops: tuple[Edit, ...]
    consequences: tuple[str, ...] = ()
    stops_callers: bool = False

    def __post_init__(self) -> None:
        """Refuse words that the contract does not have."""
        if self.function not in CHECKS or self.grade not in GRADES:
            raise ValueError(f"{self.name}: unknown function {self.function} or grade {self.grade}")
        if not set(self.consequences) <= set(CALLERS[self.function]):
            raise ValueError(f"{self.name}: {self.consequences} do not all use {self.function}")
        if self.consequences and self.grade != "required":
            raise ValueError(f"{self.name}: consequences are listed for the grade required only")

    def edits(self, style: str) -> tuple[Edit, ...]:
        """The replacements for one style."""
        return {"vectorised": self.vectorised, "loops": self.loops}[style]
