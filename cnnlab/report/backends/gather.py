"""A comparison's folder, read: each backend's run, first step and costs, and how the results differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlab.errors import RunError
from cnnlab.report.backends.agreement import Agreement, InputAgreement, agreement, same_inputs
from cnnlab.report.backends.costs import Costs, costs
from cnnlab.report.collect import RunReport
from cnnlab.report.comparison import Comparison
from cnnlab.report.gather import Gathered, gather
from cnnlab.runs.comparison_folder import ComparisonFolder, FirstStep
from cnnlab.runs.find import list_runs
from cnnlab.runs.read import Run, load_run

DEFAULT_BACKEND = "tensorflow"


@dataclass(frozen=True)
class BackendResult:
    """One backend; agreement and inputs are against the reference, None for the reference itself."""

    backend: str
    report: RunReport
    costs: Costs
    agreement: Agreement | None
    inputs: InputAgreement | None


@dataclass(frozen=True)
class BackendComparison:
    """All sides, the first is the reference; `gathered` is what ``cnnlab report --compare`` gathers of their runs."""

    folder: Path
    sides: tuple[BackendResult, ...]
    gathered: Gathered

    @property
    def comparison(self) -> Comparison:
        """The results side by side."""
        if self.gathered.comparison is None:
            raise ValueError("gathered: expected several runs side by side")
        return self.gathered.comparison


def gather_backends(folder: ComparisonFolder, backends: Sequence[str]) -> BackendComparison:
    """Read the folder; raises RunError unless two backends have a run there."""
    runs = {backend_of(run): run for run in map(load_run, reversed(list_runs(folder.runs_path)))}
    present = [backend for backend in backends if backend in runs]
    if len(present) < 2:
        raise RunError(
            f"{folder.runs_path} holds runs of {', '.join(present) or 'no backend'}: two are needed."
        )
    gathered = gather([runs[backend].path for backend in present], side_by_side=True)
    steps = {backend: folder.read_first_step(backend) or FirstStep() for backend in present}
    first, sides = present[0], []
    for backend, report in zip(present, gathered.reports, strict=True):
        other = backend != first
        sides.append(
            BackendResult(
                backend,
                report,
                costs(runs[backend], steps[backend].figures),
                agreement(steps[backend], steps[first]) if other else None,
                same_inputs(runs[backend], runs[first]) if other else None,
            )
        )
    return BackendComparison(folder.path, tuple(sides), gathered)


def backend_of(run: Run) -> str:
    """What Keras computed with in a run."""
    return str(run.setting("training", "backend") or DEFAULT_BACKEND)
