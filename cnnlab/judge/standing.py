"""What is known of a file while it is being judged: which functions are wrong, and which merely odd."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cnnlab.judge.findings import CHECKS, FAILED, FOLLOWS, GRADES, FileResult, Finding
from cnnlab.judge.source import Source


@dataclass(frozen=True)
class Oddity:
    """Something that is no mistake if the file's own network is right with it.

    `harmless` and `harmful` are (mistake, message): named under beyond, or at the grade of the network that goes
    wrong with it.
    """

    harmless: tuple[str, str]
    harmful: tuple[str, str]


@dataclass
class Standing:
    """The state of one file's judgement."""

    result: FileResult
    source: Source
    wrong: dict[str, str] = field(default_factory=dict)
    """Functions that are wrong, with the worst grade."""
    shapes: dict[str, str] = field(default_factory=dict)
    """In which shape a function that is wrong returns its vectors, where that is known."""
    dangerous: set[str] = field(default_factory=set)
    """Functions that must not run again: missing ones, and those that end the process."""
    odd: dict[str, Oddity] = field(default_factory=dict)

    def replace(self, grade: str, *, odd: frozenset[str] = frozenset()) -> dict[str, str]:
        """The functions to replace in a check of this grade: those wrong at it or a graver one, and `odd`."""
        counted = GRADES[: GRADES.index(grade) + 1]
        replaceable = {n: g for n, g in self.wrong.items() if n not in ("setup_model", "evaluate")}
        shapes = {n: self.shapes.get(n, "vector") for n, g in replaceable.items() if g in counted}
        return shapes | dict.fromkeys(odd, "vector")

    def find(self, check: str, grade: str, mistake: str, message: str) -> None:
        """Add a finding, and count the function as wrong when the finding is no mere curiosity."""
        finding = Finding(str(self.result.file), check, grade, mistake, self.line(check), message)
        self.result.findings.append(finding)
        self.result.checks[check].statuses[grade] = FAILED
        if grade != "beyond":
            known = self.wrong.get(check, grade)
            self.wrong[check] = min(known, grade, key=GRADES.index)

    def settle(self, check: str, grade: str, status: str, because: set[str] | None = None) -> None:
        """Set a check's status, unless it has failed already."""
        entry = self.result.checks[check]
        if entry.statuses.get(grade) != FAILED:
            entry.statuses[grade] = status
        if status == FOLLOWS:
            entry.because |= because or set()

    def line(self, check: str) -> int | None:
        """Where the function stands in the file; for what is missing in CNN, where the class does."""
        lines = self.source.lines
        inside = ("setup_model", "feedforward_sample", "feedforward", "evaluate")
        return lines.get(check, lines.get("CNN") if check in inside else None)

    @staticmethod
    def guilty(odd: frozenset[str], mends: Callable[[str], bool]) -> set[str]:
        """The innermost function whose replacement alone mends a network; all of them when none does."""
        return next(({name} for name in CHECKS if name in odd and mends(name)), set(odd))

    def promote(self, names: set[str], grade: str) -> None:
        """Say of oddities that a network goes wrong with them."""
        for name in sorted(names):
            self.find(name, grade, *self.odd[name].harmful)
            if grade == "required":
                del self.odd[name]

    def tolerate_the_rest(self) -> None:
        """Name the oddities that did no harm."""
        for name, oddity in self.odd.items():
            if not any(f.check == name and f.grade == "required" for f in self.result.findings):
                self.find(name, "beyond", *oddity.harmless)
