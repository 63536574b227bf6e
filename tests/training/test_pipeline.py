"""Which images stand where: passes through the data, epochs of a given length, batches from any step on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from cnnlab.training.pipeline import BatchPlan
from cnnlab.training.seeds import epoch_order


def plan(**changes: Any) -> BatchPlan:
    given = {
        "batch_size": 4,
        "seed": 5,
        "epochs": 9,
        "num_classes": 2,
        "scale": (0.0, 1.0),
        "augment": (),
        "threads": 1,
    }
    return BatchPlan(**{**given, **changes})


def test_an_epoch_is_a_permutation_unless_its_steps_are_given():
    assert plan().steps(10) == 3 and plan().images(10) == 10
    np.testing.assert_array_equal(plan().chosen(10, 2, 0, 10), epoch_order(5, 2, 10))
    np.testing.assert_array_equal(plan().chosen(10, 2, 4, 7), epoch_order(5, 2, 10)[4:7])


@pytest.mark.parametrize("steps", [1, 2, 3, 7], ids=str)
def test_epochs_of_given_steps_go_on_where_the_last_one_stopped(steps):
    """Joined, the epochs are pass after pass through all images, whatever their length."""
    given = plan(steps_per_epoch=steps)
    assert given.steps(10) == steps and given.images(10) == 4 * steps
    epochs = [given.chosen(10, epoch, 0, 4 * steps) for epoch in range(5)]
    seen = np.concatenate(epochs)
    passes = np.concatenate([epoch_order(5, p, 10) for p in range(len(seen) // 10 + 1)])
    np.testing.assert_array_equal(seen, passes[: len(seen)])
    np.testing.assert_array_equal(given.chosen(10, 3, 1, 3), epochs[3][1:3])


BASE: dict[str, Any] = {
    "name": "options",
    "data": {"dataset": "mnist10k", "train_size": 100, "limit_per_split": 200},
    "model": [
        {"conv_block": {"convs": 1, "filters": 4, "batch_norm": True, "momentum": 0.5}},
        "flatten",
        "classifier",
    ],
}


@pytest.mark.keras
def test_each_epoch_has_its_own_order_and_augmentation() -> None:
    """A permutation of its own for each epoch, every image once, and the last, smaller batch is kept."""
    from cnnlab.datasets import Split
    from cnnlab.training.pipeline import BatchPlan, training_batches

    marks = np.arange(50, dtype=np.uint8)
    split = Split(np.broadcast_to(marks[:, None, None, None], (50, 8, 8, 1)).copy(), np.zeros(50, np.int64))
    plan = BatchPlan(16, seed=5, epochs=3, num_classes=2, scale=(0.0, 255.0), augment=(), threads=1)
    batches = [images.numpy()[:, 0, 0, 0].round().astype(int) for images, _ in training_batches(split, plan)]
    assert [len(batch) for batch in batches] == [16, 16, 16, 2] * 3
    epochs = [np.concatenate(batches[i : i + 4]) for i in (0, 4, 8)]
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3


@pytest.mark.keras
@pytest.mark.parametrize("first", [0, 1, 5, 6, 7, 11, 13, 20])
def test_batches_from_any_step_on_are_the_last_of_all(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a chunk, at its edge, in a later epoch: images, labels and augmentation to the bit."""
    from cnnlab.datasets import Split
    from cnnlab.training import pipeline

    monkeypatch.setattr(pipeline, "CHUNK_IMAGES", 24)  # chunks of 3 batches, the last of 2
    config = check(document_of({**BASE, "augment": [{"random_rotation": {"factor": 0.1}}]}, Path("c.yaml")))
    images = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 1), dtype=np.uint8)
    split = Split(images, np.arange(50) % 3)
    plan = pipeline.BatchPlan(8, 5, epochs=3, num_classes=3, scale=(-1, 1), augment=config.augment, threads=1)
    whole = list(pipeline.training_batches(split, plan))
    rest = list(pipeline.training_batches(split, plan, first))
    assert len(whole) == 21
    assert len(rest) == 21 - first
    for expected, received in zip(whole[first:], rest, strict=True):
        np.testing.assert_array_equal(expected[0], received[0])
        np.testing.assert_array_equal(expected[1], received[1])
