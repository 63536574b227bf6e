"""What is known of a file while it is being judged: which functions are wrong, and which have unusual shapes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cnnlab.judge.checks.unusual_shapes import UnusualShape
from cnnlab.judge.outcome import CallOutcome
from cnnlab.judge.results import FAILED, FOLLOWS, GRADES, FileResult, Finding
from cnnlab.judge.source import Source

METHODS = ("setup_model", "feedforward_sample", "feedforward", "evaluate")


@dataclass
class FileState:
    """The result of a file so far, and what later checks need to know."""

    result: FileResult
    source: Source
    wrong: dict[str, str] = field(default_factory=dict)
    """Functions that are wrong, with the worst grade."""
    shapes: dict[str, str] = field(default_factory=dict)
    """In which shape a function that is wrong returns its vectors, where that is known."""
    dangerous: set[str] = field(default_factory=set)
    """Functions that must not run again: missing ones, and those that end the process."""
    unusual: dict[str, UnusualShape] = field(default_factory=dict)

    def replace(self, grade: str, unusual: Collection[str] = ()) -> dict[str, str]:
        """The functions to replace in a check of this grade: those wrong at it or a graver one, and `unusual`."""
        counted = GRADES[: GRADES.index(grade) + 1]
        replaceable = {n: g for n, g in self.wrong.items() if n not in ("setup_model", "evaluate")}
        shapes = {n: self.shapes.get(n, "vector") for n, g in replaceable.items() if g in counted}
        return shapes | dict.fromkeys(unusual, "vector")

    def find(self, check: str, grade: str, mistake: str, message: str) -> None:
        """Add a finding, and count the function as wrong unless it is for information alone."""
        finding = Finding(str(self.result.file), check, grade, mistake, self.line(check), message)
        self.result.findings.append(finding)
        self.result.checks[check].statuses[grade] = FAILED
        if grade != "beyond":
            known = self.wrong.get(check, grade)
            self.wrong[check] = min(known, grade, key=GRADES.index)

    def find_changes(
        self, check: str, grade: str, outcomes: Sequence[CallOutcome], given: str, *, once: bool = False
    ) -> None:
        """Find out whether arguments stay as they are and a second call gives the same.

        `given` names an argument in the message; `once`: a file whose other functions write is not blamed again.
        """
        changed = any(outcome.changed for outcome in outcomes)
        repeats = all(outcome.repeats for outcome in outcomes)
        if changed and "writes_into_input" not in self.found(None if once else check):
            again = "" if repeats else ", and a second call with the same arguments gives other numbers"
            message = f"{given} that is given is written into{again}: work on a copy, or make a new array."
            severity = "required" if grade == "required" and not repeats else "robust"
            self.find(check, severity, "writes_into_input", message)
        elif not repeats and not changed and "not_repeatable" not in self.found(check):
            message = (
                "Two calls with the same arguments give different numbers: something is kept from one call to "
                "the next."
            )
            self.find(check, grade, "not_repeatable", message)

    def found(self, check: str | None = None) -> set[str]:
        """The mistakes found so far, of one check or of all."""
        return {f.mistake for f in self.result.findings if check in (None, f.check)}

    def set_status(self, check: str, grade: str, status: str, because: Collection[str] = ()) -> None:
        """Set a check's status, unless it has failed already."""
        entry = self.result.checks[check]
        if entry.statuses.get(grade) != FAILED:
            entry.statuses[grade] = status
        if status == FOLLOWS:
            entry.because |= set(because)

    def line(self, check: str) -> int | None:
        """Where the function stands in the file; for what is missing in CNN, where the class does."""
        lines = self.source.lines
        return lines.get(check, lines.get("CNN") if check in METHODS else None)

    def find_harmful_shapes(self, names: Collection[str], grade: str) -> None:
        """Add findings on unusual shapes with which something goes wrong."""
        for name in sorted(names):
            self.find(name, grade, *self.unusual[name].harmful)
            if grade == "required":
                del self.unusual[name]

    def find_harmless_shapes(self) -> None:
        """At the end, add notes on the unusual shapes that did no harm."""
        for name, shape in self.unusual.items():
            if not any(f.check == name and f.grade == "required" for f in self.result.findings):
                self.find(name, "beyond", *shape.harmless)
