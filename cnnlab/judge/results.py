"""What was found in a file, and in several."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CHECKS = (
    "activation",
    "conv2d_layer",
    "pool2d_layer",
    "flatten_layer",
    "dense_layer",
    "setup_model",
    "feedforward_sample",
    "feedforward",
    "evaluate",
)
GRADES = ("required", "robust", "beyond")
PASSED, FAILED, FOLLOWS, NOT_JUDGED = "passed", "failed", "follows", "not judged"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth a note."""

    file: str
    check: str
    grade: str
    mistake: str
    line: int | None
    message: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class CheckResult:
    """One function: a status for each grade, and where a failure comes from."""

    name: str
    statuses: dict[str, str] = field(default_factory=dict)
    because: set[str] = field(default_factory=set)
    """Other functions whose mistakes make this one go wrong."""

    def status(self, grade: str) -> str:
        """``passed``, ``failed``, ``follows`` or ``not judged``."""
        return self.statuses.get(grade, NOT_JUDGED)


@dataclass
class FileResult:
    """Everything about one file."""

    file: Path
    findings: list[Finding] = field(default_factory=list)
    checks: dict[str, CheckResult] = field(default_factory=lambda: {n: CheckResult(n) for n in CHECKS})
    judged: bool = True
    microseconds: float | None = None
    """Of one image through the lab's network; None when the file's own network is not right."""
    reference_microseconds: Mapping[str, float] = field(default_factory=dict)
    """The same of the references, by name."""
    seconds: float = 0.0

    def passes(self, *, strict: bool = False) -> bool:
        """Whether no required check fails; with `strict` no robust one either."""
        counted = GRADES[: 2 if strict else 1]
        return self.judged and not any(finding.grade in counted for finding in self.findings)

    def status(self, *, strict: bool = False) -> str:
        """``passed``, ``failed`` or ``not judged``."""
        if not self.judged:
            return NOT_JUDGED
        return PASSED if self.passes(strict=strict) else FAILED

    def of_grade(self, grade: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.grade == grade]

    def to_json(self, *, strict: bool = False) -> dict[str, Any]:
        """As --json has it, without the findings."""
        checks = {
            name: {**check.statuses, **({"because": sorted(check.because)} if check.because else {})}
            for name, check in self.checks.items()
        }
        return {
            "file": str(self.file),
            "status": self.status(strict=strict),
            "checks": checks,
            "microseconds_per_image": self.microseconds,
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True)
class Judgement:
    """What was found in one or several files; `run` is the run folder where one was asked for."""

    files: tuple[FileResult, ...]
    against: str
    seed: int
    strict: bool
    run: Path | None = None

    @property
    def passed(self) -> bool:
        return all(result.passes(strict=self.strict) for result in self.files)

    def to_json(self) -> dict[str, Any]:
        """As --json and the run folder have it."""
        return {
            "command": "judge",
            "against": self.against,
            "seed": self.seed,
            "strict": self.strict,
            "passed": self.passed,
            "files": [result.to_json(strict=self.strict) for result in self.files],
            "findings": [finding.to_json() for result in self.files for finding in result.findings],
            "microseconds_per_image": self.files[0].reference_microseconds,
            **({"run": str(self.run)} if self.run else {}),
        }
