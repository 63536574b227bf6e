"""What a verify run found, as its verify.json holds it: `cnnlab.verify` fills these models, a report reads them.

Sums are of absolute values. An infinite difference means another shape, or NaN on one side alone.
"""

from pathlib import Path
from typing import Any

from cnnlab.runs.record import Flag, Record, read_object


class Verdict(Record):
    """Whether a part of Keras and its twin in NumPy agree within rounding."""

    passed: Flag


class SidesCount(Record):
    """A number of weights in Keras and in NumPy."""

    keras: int
    numpy: int

    @property
    def equal(self) -> bool:
        """Whether both sides have as many."""
        return self.keras == self.numpy


class SidesSeconds(Record):
    """The time that Keras and NumPy took."""

    keras: float
    numpy: float


class ArrayVerdict(Verdict):
    """One array from both sides; `terms` is the accumulation length, from which the tolerance follows."""

    name: str
    keras_shape: tuple[int, ...]
    numpy_shape: tuple[int, ...]
    keras_sum: float
    numpy_sum: float
    sum_difference: float
    largest_difference: float
    terms: int
    tolerance: float

    @property
    def backward(self) -> bool:
        """Whether this is a gradient."""
        return self.name.startswith("gradient")

    @property
    def badness(self) -> float:
        """The largest difference in units of the tolerance: above 1 it fails."""
        return self.largest_difference / self.tolerance


class CaseVerdict(Verdict):
    """One case of a layer kind; `error` is what broke it down."""

    kind: str
    case: str
    error: str | None = None
    arrays: tuple[ArrayVerdict, ...] = ()
    weights: SidesCount | None = None


class DirectionVerdict(Verdict):
    """All arrays of a layer kind forwards, or backwards; the differences are those of the worst."""

    arrays: int
    keras_sum: float
    numpy_sum: float
    sum_difference: float
    largest_difference: float
    tolerance: float
    worst_case: str
    worst_array: str


class LayerVerdict(Verdict):
    """A layer kind over its cases; `failed` are the labels of those that differ."""

    kind: str
    cases: int
    failed: tuple[str, ...]
    error: str | None
    forward: DirectionVerdict | None
    backward: DirectionVerdict | None


class LayersVerdict(Verdict):
    """Part 1: each layer kind alone. `left_out` says where the backend departs from the others."""

    tolerance_rule: str
    left_out: tuple[str, ...] = ()
    kinds: tuple[LayerVerdict, ...]
    cases: tuple[CaseVerdict, ...] = ()


class ActivationVerdict(ArrayVerdict):
    """The output of one layer of the network."""

    kind: str | None
    weights: int


class NetworkVerdict(Verdict):
    """Part 2: a network with random weights, layer by layer. `first_difference` is the layer where it arises."""

    tolerance_rule: str
    nudge_rule: str
    images: int
    weights: int
    weights_numpy: int
    weights_by_layer: dict[str, SidesCount]
    error: str | None = None
    first_difference: str | None = None
    layers: tuple[ActivationVerdict, ...] = ()
    gradients: tuple[ArrayVerdict, ...] = ()


class ProbabilitiesVerdict(Verdict):
    """Class probabilities from both sides: images whose most probable class differs, and ties among them."""

    largest_difference: float
    classes_differ: int
    ties: int


class SplitVerdict(ProbabilitiesVerdict):
    """One split; figures by name on both sides, None where the labels are hidden."""

    images: int
    seconds: SidesSeconds
    tolerance: float
    keras: dict[str, float] | None = None
    numpy: dict[str, float] | None = None
    loss_difference: float | None = None
    loss_tolerance: float | None = None


class DataVerdict(Verdict):
    """Part 3: a trained network on whole data sets."""

    dataset: str
    title: str
    notes: tuple[str, ...]
    weights_from: str
    published: dict[str, Any] | None
    tolerance_rule: str
    splits: dict[str, SplitVerdict]
    images: int
    seconds: SidesSeconds


class VerificationRecord(Verdict):
    """The content of verify.json. Without data, or without weights, the third part is missing."""

    seed: int
    dtype: str
    forward_only: bool
    layers: LayersVerdict
    network: NetworkVerdict
    data: DataVerdict | None


def read_verification(path: Path) -> VerificationRecord | None:
    """Return the content of a verify.json; None where it is missing or damaged."""
    try:
        return VerificationRecord.model_validate(read_object(path))
    except (OSError, ValueError):
        return None
