"""Where Keras computes something else on one backend than on the others: cases that are left out there, and listed.

Found with Keras 3.15 on PyTorch 2.13 and JAX 0.10; on TensorFlow nothing is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnnlab.verify.cases import LayerCase


@dataclass(frozen=True)
class Departure:
    """One such place: which cases it concerns, and what happens there."""

    concerns: Callable[[LayerCase], bool]
    sentence: str


def _uneven_padding(case: LayerCase) -> bool:
    """Whether 'same' pooling of odd windows by even steps has to pad one side more than the other."""
    settings = case.arguments
    return (
        case.kind == "AveragePooling2D"
        and settings.get("padding") == "same"
        and any(size % 2 == 0 for size in case.shapes[0][1:3])
        and settings.get("pool_size") == 3
        and settings.get("strides") == 2
    )


def _leaky_at_zero(case: LayerCase) -> bool:
    leaky = case.kind == "LeakyReLU" or case.arguments.get("activation") == "leaky_relu"
    return leaky and case.inputs == "zeros"


DEPARTURES: dict[str, tuple[Departure, ...]] = {
    "tensorflow": (),
    "torch": (
        Departure(
            _uneven_padding,
            "AveragePooling2D with padding 'same' where one side gets more padding than the other: Keras on PyTorch "
            "averages the padding in.",
        ),
    ),
    "jax": (
        Departure(
            _leaky_at_zero, "LeakyReLU at exactly 0: its derivative there is 1 on JAX, else the slope."
        ),
    ),
}
"""By backend."""


def without_departures(cases: Sequence[LayerCase], backend: str) -> list[LayerCase]:
    """The cases that are the same on `backend` as elsewhere."""
    return [case for case in cases if not any(each.concerns(case) for each in DEPARTURES[backend])]


def departures_among(cases: Sequence[LayerCase], backend: str) -> tuple[str, ...]:
    """What is left out of `cases` on `backend`, in sentences with the number of cases."""
    counts = {each.sentence: sum(map(each.concerns, cases)) for each in DEPARTURES[backend]}
    return tuple(f"{sentence} ({count} cases)" for sentence, count in counts.items() if count)
