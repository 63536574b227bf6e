"""What an earlier start has recorded in a run folder."""

from cnnlab.datasets import Dataset
from cnnlab.errors import DataError
from cnnlab.runs.capture import package_versions
from cnnlab.runs.environment import COMPUTING_PACKAGES
from cnnlab.runs.machine import cpu_model
from cnnlab.runs.read import Run


def planned_repeats(run: Run) -> tuple[int, ...]:
    """The repeats that a run was started with, in order, each once."""
    return tuple(sorted({*run.environment.repeats})) or tuple(repeat.k for repeat in run.repeats)


def finished_repeats(run: Run) -> tuple[int, ...]:
    """The repeats of a run that are finished."""
    return tuple(repeat.k for repeat in run.done)


def require_same_data(run: Run, data: Dataset) -> None:
    """Raise DataError where `data` are not those that the run was started with."""
    if run.data.sha256 not in (None, data.sha256):
        raise DataError(
            f"Cannot resume {run.path}: the data in {data.source} are not those that the run was started with, for the "
            "SHA-256 of their content differs. Bring them back, or start a new run (of a sweep: with --runs-dir)."
        )


def changes_since(run: Run) -> str | None:
    """A sentence on what differs from the run's start and may change its numbers' last bits; None if nothing."""
    before, now = run.environment.packages, package_versions()
    differing = [
        f"{name} {before[name]} then, {now.get(name, 'none')} now"
        for name in COMPUTING_PACKAGES
        if name in before and before[name] != now.get(name)
    ]
    cpu = run.environment.machine.cpu
    if cpu is not None and cpu != cpu_model():
        differing.append(f"{cpu} then, {cpu_model()} now")
    if not differing:
        return None
    return f"since the start of the run has changed: {'; '.join(differing)}. Its numbers may differ in the last bits."
