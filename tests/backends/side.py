"""One backend's side of the comparison, in a process of its own: ``python -m tests.backends.side BACKEND FOLDER``.

Writes BACKEND.trained.json: what the network starts with, what it is fed, how its loss falls. Then waits until all
models are in FOLDER, when the file `predict` is there, and writes BACKEND.predicted.json: what it predicts with each.
"""

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.backends import active, choose
from cnnlab.config.load import check, document_of
from cnnlab.datasets import data_places, load_dataset
from cnnlab.files import write_json
from cnnlab.training.framework import configure
from tests.commands import REPOSITORY, wait_for

EPOCHS, IMAGES = 2, 5
NO_DROPOUT = {
    "name": "agreement",
    "data": {"dataset": "mnist10k", "train_size": 40},
    "augment": [{"random_rotation": {"factor": 0.1}}, {"random_zoom": {"height_factor": 0.1}}],
    "model": [
        {"conv_block": {"convs": 1, "filters": 4, "batch_norm": True, "momentum": 0.9}},
        {"residual_block": {"filters": 8, "strides": 2, "kernel_initializer": "glorot_normal"}},
        "flatten",
        {"dense_block": {"units": 8, "l2": 0.001}},
        "classifier",
    ],
    # not Adam: where a gradient is nothing but rounding, it makes a whole step of it
    "training": {
        "epochs": EPOCHS,
        "batch_size": 16,
        "threads": 1,
        "optimizer": {"name": "sgd", "learning_rate": 0.005},
    },
}


def digest(arrays: Any) -> str:
    """A hash of arrays, to the last bit."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def the_config() -> Any:
    """The experiment, resolved."""
    return check(document_of(NO_DROPOUT, REPOSITORY / "agreement.yaml"))


def the_data() -> Any:
    """Bundled digits."""
    return load_dataset("mnist10k", the_config().data.dataset.parameters, data_places(None))


def train(folder: Path) -> dict[str, Any]:
    """Train some steps, save the model, and tell."""
    import keras

    from cnnlab.training.inputs import drawn_splits
    from cnnlab.training.model import build_model, trainable_part
    from cnnlab.training.network import compile_network, network_class
    from cnnlab.training.pipeline import BatchPlan, training_batches

    config, data = the_config(), the_data()
    splits = drawn_splits(config, data, 1)
    keras.utils.set_random_seed(1)
    model = build_model(config.model, data.info, config.data.scale)
    told: dict[str, Any] = {"weights": digest(keras.ops.convert_to_numpy(w) for w in model.weights)}
    plan = BatchPlan(16, 1, EPOCHS, 10, config.data.scale, config.augment, threads=1)
    steps = plan.steps(len(splits.train)) * EPOCHS
    told["inputs"] = digest(part for batch in training_batches(splits.train, plan) for part in batch)
    part = trainable_part(model, network_class())
    part.watch_loss()
    compile_network(part, config.training, num_classes=10, steps_per_epoch=steps // EPOCHS)
    batches, loop, losses = iter(training_batches(splits.train, plan)), active().training_loop(part), []
    for _ in range(steps):
        losses.append(loop(batches, 1, begin=True).figures["loss"])
    told["losses"] = losses
    model.save(folder / f"{active().name}.keras")
    return told


def predict(folder: Path) -> dict[str, Any]:
    """The probabilities that each saved model gives on this backend."""
    import keras

    images = the_data().test.images[:IMAGES]
    models = {path.stem: keras.saving.load_model(path) for path in sorted(folder.glob("*.keras"))}
    return {name: active().forward(model)(images).tolist() for name, model in models.items()}


if __name__ == "__main__":
    choose(sys.argv[1])
    configure(threads=1, device="cpu", precision="float32", deterministic=False)
    folder = Path(sys.argv[2])
    write_json(folder / f"{active().name}.trained.json", train(folder))
    wait_for((folder / "predict").exists)
    write_json(folder / f"{active().name}.predicted.json", predict(folder))
