"""What one backend makes of the first batch of repeat 0: probabilities, gradients, and how long it takes to get there.

It runs in a process of its own, for Keras has one backend per process. Weights and batch are those that the training
starts with, the same on every backend.
"""

import hashlib
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.backends import active, choose
from cnnlab.config.packed import PackedConfig
from cnnlab.config.schema import Config
from cnnlab.runs.folder import RepeatFolder
from cnnlab.training.fitting import Hooks
from cnnlab.training.framework import configure_training, import_keras, without_chatter
from cnnlab.training.inputs import drawn_splits, training_inputs
from cnnlab.training.length import with_epochs
from cnnlab.training.model import build_network
from cnnlab.training.prepare import load_data
from cnnlab.training.repeat import start_training
from cnnlab.training.seeds import repeat_seed

Measured = tuple[dict[str, Any], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Start:
    """What a process is given: plain data."""

    config: PackedConfig
    data_dir: Path | None
    time: float  # at which the process was started, in seconds since the epoch


def measure(start: Start, say: Callable[[str], None]) -> Measured:
    """Return figures (loss, hashes, seconds) and arrays: `probabilities`, and each variable's gradient by its name."""
    config = start.config.unpacked()
    choose(config.training.backend)
    with without_chatter():
        return _measure(start, config)


def _measure(start: Start, config: Config) -> Measured:
    config = config.with_training(devices=1)
    training = config.training
    device = configure_training(training)
    seconds = {"framework": time.time() - start.time}
    with tempfile.TemporaryDirectory() as scratch:
        data = load_data(config, start.data_dir)
        fitting = _fitting(with_epochs(config, data), data, Path(scratch))
        figures, arrays = _at_the_start(fitting, training.label_smoothing)
        batches = iter(fitting.batches())
        begun = time.time()
        fitting.train_loop(batches, 1)
        seconds["first_step"] = time.time() - begun
    return {"device": device, "seconds": seconds, **figures}, arrays


def _fitting(config: Config, data: Any, folder: Path) -> Any:
    """The training of repeat 0, ready to begin."""
    seed = repeat_seed(config.seed, 0)
    inputs = training_inputs(config, drawn_splits(config, data, seed), data.info)
    import_keras()
    model = build_network(config, data.info, seed, inputs.statistics)
    return start_training(config, model, inputs, seed, 0, RepeatFolder(folder, 0), {}, Hooks())


def _at_the_start(fitting: Any, label_smoothing: float) -> Measured:
    """Probabilities as `predict` gives them; gradients as training takes them, but for dropout and penalties."""
    import keras

    part = fitting.part
    images, labels, *_ = (np.asarray(each) for each in next(iter(fitting.batches())))
    before = [keras.ops.convert_to_numpy(variable) for variable in part.variables]
    start = [keras.ops.convert_to_numpy(weight).tobytes() for weight in part.weights]
    probabilities = active().forward(part)(images)
    with _no_dropout(part.layers):

        def loss(tensors: Any) -> list[Any]:
            probabilities = part.adjusted(part(tensors[0], training=True))
            each = keras.losses.categorical_crossentropy(
                labels, probabilities, label_smoothing=label_smoothing
            )
            return [keras.ops.mean(keras.ops.cast(each, "float32"))]

        variables = part.trainable_variables
        (mean,), _, gradients = active().gradients(loss, [images], [np.ones((), np.float32)], variables)
    for variable, value in zip(part.variables, before, strict=True):  # moving averages have moved
        variable.assign(value)
    figures = {
        "loss": float(mean),
        "weights_sha256": hashlib.sha256(b"".join(start)).hexdigest(),
        "batch_crc32": f"{zlib.crc32(labels.data, zlib.crc32(images.data)):08x}",
        "images": len(images),
    }
    named = {v.path: gradient for v, gradient in zip(variables, gradients, strict=True)}
    return figures, {"probabilities": probabilities, **named}


class _no_dropout:  # noqa: N801  # used like a function
    """While the body runs, no layer drops anything."""

    def __init__(self, layers: Any) -> None:
        self.rates = [(layer, layer.rate) for layer in layers if "Dropout" in type(layer).__name__]

    def __enter__(self) -> None:
        for layer, _ in self.rates:
            layer.rate = 0.0

    def __exit__(self, *error: object) -> None:
        for layer, rate in self.rates:
            layer.rate = rate
