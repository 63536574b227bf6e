"""What cnnlab asks of a backend of Keras."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from cnnlab.errors import ConfigError
from cnnlab.packages import missing

PROBABILITIES = "probabilities"
"""The key under which a step of a `TrainedNetwork` returns the probabilities of its batch."""

Array = np.ndarray
Forward = Callable[[Array], Array]
"""From pixel values 0 to 255, (batch, height, width, channels), to probabilities, float32 (batch, classes)."""


@dataclass(frozen=True)
class StepMetrics:
    """The metrics of a network after some steps."""

    figures: dict[str, float]
    """The metrics as they stand."""
    finite_steps: int
    """Steps since the metrics began whose loss was finite, up to the first that was not."""
    all_finite: bool
    """Whether the loss of every step was."""
    probabilities: Array | None = None
    """Of each image of these steps, float32 (images, classes), where the loop keeps them."""


class Loop(Protocol):
    """Many steps of a compiled `TrainedNetwork`, without a return to the host in between."""

    def __call__(self, batches: Any, count: int, begin: bool = False) -> StepMetrics:
        """Work through `count` batches of an iterator; with `begin` the metrics begin anew before."""


class Backend(ABC):
    """One framework. Its methods import it when they are called, and not before."""

    name: ClassVar[str]
    """As Keras and the config call it."""
    forks: ClassVar[bool]
    """Whether a process may be forked from one that has imported it."""

    layer_dtype: ClassVar[Literal["float32", "float64"]]
    """The widest type in which Keras' layers compute throughout: on some backends means are taken in float32."""

    def require(self) -> None:
        """Raise ConfigError when its package is not installed."""
        if lacks := self.lacks():
            raise ConfigError(f"training.backend: {lacks}.")

    def lacks(self) -> str | None:
        """A sentence without its full stop where its package is not installed; None where it is."""
        lacks = missing(self.name, self.name)
        return lacks and f"'{self.name}' {lacks}, or choose the backend tensorflow"

    @abstractmethod
    def prepare(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> None:
        """Set the environment variables that act when the framework is imported."""

    @abstractmethod
    def configure(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> str:
        """Set threads, devices and determinism, after the import and before the first computation.

        With `full_precision` float32 products on a GPU are not rounded to fewer bits. Of `devices` above 1 each takes
        its share of every batch; on the CPU they are logical ones. Returns what is in use, such as "CPU", "GPU:0" or
        "2 x GPU"; raises ConfigError when there are not as many GPUs. A GPU's memory is taken as it is needed, where
        the framework can do that.
        """

    def scope(self) -> AbstractContextManager[Any]:
        """Where a network is built and trained, so that its devices share the work."""
        return nullcontext()

    def compiled(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The same function of one tensor, compiled where the framework can do that."""
        return function

    @abstractmethod
    def forward(self, model: Any) -> Forward:
        """Return the inference of a `keras.Model` that takes pixel values; batches may differ in size."""

    @abstractmethod
    def training_loop(self, part: Any, *, keep: bool = False) -> Loop:
        """Return the loop over training steps of a compiled `TrainedNetwork`; with `keep` it returns probabilities."""

    @abstractmethod
    def test_loop(self, part: Any) -> Loop:
        """Return the loop that updates the metrics on batches, without training, and returns the probabilities."""

    def random_state(self) -> dict[str, Array]:
        """What it draws random numbers from beside Keras' own variables: arrays by name, for a checkpoint."""
        return {}

    def restore_random_state(self, state: Mapping[str, Array]) -> None:
        """Continue from what `random_state` returned."""
        return

    @abstractmethod
    def gradients(
        self, call: Any, inputs: Sequence[Array], upstream: Sequence[Array], variables: Sequence[Any]
    ) -> tuple[list[Array], list[Array], list[Array]]:
        """Run ``call(tensors) -> list of tensors``; return outputs and gradients for inputs and variables.

        The gradients are those of the sum over all outputs of ``output * upstream``. `call` may change
        variables that are not among `variables`, such as moving averages.
        """


def step_by_step(part: Any, steps: Callable[[Any, int], Sequence[Any]]) -> Loop:
    """A loop of `steps`, which takes an iterator and how many batches to work through.

    It returns the probabilities of each batch, as tensors; nothing where they are not wanted.
    """

    def loop(batches: Any, count: int, begin: bool = False) -> StepMetrics:
        if begin:
            part.reset_metrics()
        probabilities = steps(batches, count)
        return step_metrics(part.metrics_now(), probabilities)

    return loop


def step_metrics(metrics: dict[str, Any], batches: Sequence[Any] = ()) -> StepMetrics:
    """Read from the device what `metrics_now` of a `TrainedNetwork` gave, and each batch's probabilities."""
    from keras.ops import convert_to_numpy

    values = {name: float(convert_to_numpy(value)) for name, value in metrics.items()}
    steps, finite = values.pop("finite_steps"), values.pop("all_finite")
    probabilities = np.concatenate([convert_to_numpy(batch) for batch in batches]) if batches else None
    return StepMetrics(values, int(steps), finite == 1.0, probabilities)


def gpu_number(device: str, available: int, name: str, devices: int = 1) -> int | None:
    """The number of the first GPU to use of `available` ones; None for the CPU.

    Raises ConfigError when it, or one of the `devices` from it on, is missing.
    """
    if device == "cpu" or (device == "auto" and not available):
        return None
    number = int(device.partition(":")[2] or 0)
    if number >= available:
        raise ConfigError(
            f"training.device: expected a GPU with number {number}, but {name} sees {available}: choose 'cpu' or "
            "'auto', or install what it needs for the GPU (see 'cnnlab doctor')."
        )
    if number + devices > available:
        raise ConfigError(
            f"training.devices: expected {devices} GPUs from number {number} on, but {name} sees {available} in all."
        )
    return number
