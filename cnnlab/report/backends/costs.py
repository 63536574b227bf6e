"""What a backend costs: seconds of an epoch, memory, seconds until the first step is done."""

from dataclasses import dataclass
from statistics import mean, median

from cnnlab.runs.comparison_folder import FirstStepFigures
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult


@dataclass(frozen=True)
class Costs:
    """Each None where it is not known.

    epoch: median seconds of an epoch, over `epochs` of them: the first of each repeat, which compiles, is left out, and
    those that were validated where others are left. training: mean seconds of a repeat, validation included. memory:
    largest resident memory of a process that trained, in bytes. framework: seconds from the start of a process until
    Keras is ready. first_step: seconds of the first step, compiling included.
    """

    epoch: float | None
    epochs: int
    training: float | None
    memory: float | None
    framework: float | None
    first_step: float | None


def costs(run: Run, first_step: FirstStepFigures) -> Costs:
    """Read what a run and a backend's first step took."""
    seconds = [second for repeat in run.done for second in _epochs(repeat)]
    trained = [repeat.result.seconds.get("training") for repeat in run.done]
    peaks = [repeat.result.peak_memory_bytes for repeat in run.done]
    known = [value for value in trained if value is not None]
    return Costs(
        epoch=median(seconds) if seconds else None,
        epochs=len(seconds),
        training=mean(known) if known else None,
        memory=max((peak for peak in peaks if peak is not None), default=None),
        framework=first_step.seconds.get("framework"),
        first_step=first_step.seconds.get("first_step"),
    )


def _epochs(repeat: RepeatResult) -> list[float]:
    """Seconds of the epochs that count."""
    history = repeat.history
    seconds = history.get("seconds", [])
    validated = history.get("val_loss", [None] * len(seconds))
    rows = [(s, v is not None) for s, v in zip(seconds, validated, strict=False) if s is not None][1:]
    plain = [s for s, was_validated in rows if not was_validated]
    return plain or [s for s, _ in rows]
