"""What an earlier start has recorded in a run folder."""

from collections.abc import Iterator

from cnnlab.config.identity import cell_hash
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.errors import DataError, RunError
from cnnlab.runs.capture import package_versions
from cnnlab.runs.environment import COMPUTING_PACKAGES
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.machine import cpu_model
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult
from cnnlab.training.checkpoint import CheckpointFolder


def planned_repeats(run: Run, count: int) -> tuple[int, ...]:
    """The repeats that a run of `count` was started with, in order; all of them where that is not recorded."""
    return tuple(sorted({k for k in run.environment.repeats if k < count})) or tuple(range(count))


def finished_repeats(run: Run) -> tuple[int, ...]:
    """The repeats of a run that are finished, and whose result is theirs and as it was written."""
    return tuple(repeat.k for repeat in _intact(run))


def damaged_results(run: Run) -> list[str]:
    """A sentence for each result that is to be made again."""
    lost = [repeat.k for repeat in run.done if repeat.k not in finished_repeats(run)]
    return [f"repeats/{k}/result.json is not what was written: repeat {k} is trained again." for k in lost]


def _intact(run: Run) -> list[RepeatResult]:
    return [each for each in run.done if each.result.intact and each.result.repeat in (None, each.k)]


def require_same_data(run: Run, data: Dataset) -> None:
    """Raise DataError where `data` are not those that the run was started with, by whatever of its files says so."""
    for place, sha256 in _recorded_data(run):
        if sha256 != data.sha256:
            raise DataError(
                f"Cannot resume {run.path}: the data in {data.source} are not those that the run was started with, for "
                f"the SHA-256 of their content is not the one in {place}. Bring them back, name the folder where they "
                "lie now with --data-dir, or start a new run (of a sweep: with --runs-dir)."
            )


def require_same_config(run: Run, config: Config) -> None:
    """Raise RunError where finished repeats of `run` were not trained by `config`."""
    wanted = cell_hash(config)
    other = next((each for each in _intact(run) if each.result.cell_hash not in (None, wanted)), None)
    if other is not None:
        raise RunError(
            f"Cannot resume {run.path}: repeat {other.k} was trained by another config than the config.yaml that is "
            f"there now, or with another extension. Put it back, remove {other.path} to train it again, or start a new "
            "run."
        )


def _recorded_data(run: Run) -> Iterator[tuple[str, str]]:
    """The hashes of the data that the run was trained with, each with the place of the file that holds it.

    Results and checkpoints are known to be as they were written; environment.json counts where there are none.
    """
    trained = list(_trained_with(run))
    yield from trained
    if not trained and run.data.sha256 is not None:
        yield "environment.json", run.data.sha256


def _trained_with(run: Run) -> Iterator[tuple[str, str]]:
    for repeat in _intact(run):
        if repeat.result.data_sha256 is not None:
            yield f"repeats/{repeat.k}/result.json", repeat.result.data_sha256
    for repeat in run.repeats:
        folder = RepeatFolder(repeat.path, repeat.k).checkpoint_path
        for owner in CheckpointFolder(folder, {}).owners():
            yield f"repeats/{repeat.k}/checkpoint", str(owner.get("data_sha256"))


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
