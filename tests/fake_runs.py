"""Run folders like those that training writes, made in milliseconds and without Keras."""

import math
from datetime import datetime

import numpy as np
import yaml

from cnnlab.files import write_json, write_text
from cnnlab.positive_class import positive_class
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.metrics_log import MetricsLog

MNIST = {
    "dataset": "mnist",
    "title": "MNIST",
    "source": "/data/mnist.npz",
    "sha256": "0" * 64,
    "notes": [],
    "bundled_for": None,
}
BUNDLED = {
    "dataset": "mnist10k",
    "title": "10,000 bundled MNIST digits",
    "source": "cnnlab/datasets/bundled/mnist10k.npz",
    "sha256": "1" * 64,
    "notes": ["The test images share writers with the training images: this is not an MNIST test accuracy."],
    "bundled_for": "mnist",
}
LAB_2025 = [0.9232, 0.9243, 0.9421, 0.9285, 0.9355]
PUBLISHED = {"source": "lab report 2025, table 3", "dataset": "mnist", "test_accuracy": LAB_2025}
COLUMNS = ["epoch", "seconds", "learning_rate", "loss", "accuracy", "val_loss", "val_accuracy"]


def make_run(
    runs_dir,
    accuracies=(0.93, 0.92, 0.94),
    name="mnist128-lab2025",
    published=PUBLISHED,
    data=MNIST,
    failed=(),
    epochs=12,
    validation_every=1,
    class_names=tuple("0123456789"),
    images=40,
    hidden_test=False,
    now=None,
    first_seed=100,
    settings=None,
    experiment="2" * 64,
):
    """Make a finished run with one repeat per accuracy, and after them the `failed` (sentences).

    settings: entries of the config in place of the usual ones; give another `experiment` (hash) along.
    """
    folder = RunFolder.create(runs_dir, name, "1a2b3c4d", now or datetime(2026, 11, 21, 23, 59, 59))
    config = {"name": name, "seed": 0, "data": {"dataset": "mnist"}, "training": {"epochs": epochs}}
    config |= settings or {}
    write_text(
        folder.config_path, yaml.safe_dump({**config, "published": published} if published else config)
    )
    write_json(folder.environment_path, {"cnnlab": "0.1.0", "data": data, "experiment_hash": experiment})
    folder.status.start("train", range(len(accuracies) + len(failed)))
    for k, accuracy in enumerate(accuracies):
        repeat = folder.repeat(k).make()
        write_history(repeat.metrics_path, accuracy, epochs, validation_every, k)
        write_json(repeat.result_path, result(k, accuracy, epochs, class_names, hidden_test, first_seed))
        write_predictions(repeat.predictions_path, accuracy, len(class_names), images, k, hidden_test)
        folder.status.set_repeat(k, "done")
    for k, error in enumerate(failed, start=len(accuracies)):
        folder.status.set_repeat(k, "failed", error)
    folder.status.finish()
    return folder


def result(k, accuracy, epochs, class_names, hidden_test=False, first_seed=100):
    """Return the content of a result.json."""
    loss = math.nan if math.isnan(accuracy) else 0.9 - 0.7 * accuracy
    test = {"loss": loss + 0.05, "cross_entropy": loss, "accuracy": accuracy}
    return {
        "repeat": k,
        "seed": first_seed + k,
        "metrics": {
            "train": {"loss": 0.07, "cross_entropy": 0.02, "accuracy": 0.995},
            "validation": {"loss": loss + 0.04, "cross_entropy": loss - 0.01, "accuracy": accuracy - 0.003},
            "test": None if hidden_test else test,
        },
        "epochs": epochs,
        "steps": 8 * epochs,
        "best_epoch": None,
        "chosen_by": None,
        "weights": {"total": 133826, "trainable": 133602},
        "sizes": {"train": 128, "validation": 6000, "test": 10000},
        "seconds": {"training": 60.0},
        "class_names": list(class_names),
        "positive_class": positive_class(class_names),
        "peak_memory_bytes": 10**9,
        "device": "cpu",
    }


def write_history(path, accuracy, epochs, validation_every, k):
    """Write curves that look like learning; validation every n epochs and in the last."""
    rng = np.random.default_rng([k, epochs])
    reach = 0.9 if math.isnan(accuracy) else accuracy
    log = MetricsLog(path, COLUMNS)
    for epoch in range(1, epochs + 1):
        progress = 1 - math.exp(-6 * epoch / epochs)
        noise = rng.normal(0, 0.012, 4)
        row = {
            "epoch": epoch,
            "seconds": 0.2,
            "learning_rate": 1e-3,
            "loss": 2.6 * math.exp(-5 * epoch / epochs) * math.exp(4 * noise[0]) + 0.06,
            "accuracy": min(1.0, 0.1 + 0.89 * progress + noise[1]),
        }
        if epoch % validation_every == 0 or epoch == epochs:
            row["val_loss"] = 2.2 * math.exp(-5 * epoch / epochs) + 0.35 + 2 * abs(noise[2])
            row["val_accuracy"] = min(1.0, 0.1 + (reach - 0.1) * progress + noise[3])
        log.append(row)


def write_predictions(path, accuracy, classes, images, k, hidden_test=False):
    """Write predictions.npz with `images` images of each split, that share being right."""
    rng = np.random.default_rng([k, images, classes])
    reach = 0.9 if math.isnan(accuracy) else accuracy
    label = rng.integers(0, classes, 3 * images)
    shift = np.where(rng.random(3 * images) < reach, 0, rng.integers(1, classes, 3 * images))
    logits = rng.normal(0, 1, (3 * images, classes))
    logits[np.arange(3 * images), (label + shift) % classes] += 4 + rng.random(3 * images)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    split = np.repeat(np.array([0, 1, 2], np.uint8), images)
    if hidden_test:
        label[split == 2] = -1
    index = np.tile(np.arange(images), 3)
    np.savez(path, split=split, index=index, label=label, probabilities=probabilities.astype(np.float32))
