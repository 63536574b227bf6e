"""Keras on TensorFlow: one batch through a network, and what the loops over many steps in one call report."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.keras
STEPS, BATCH = 4, 3
SETTING = {
    "name": "loops",
    "data": {"dataset": "mnist10k"},
    "model": ["flatten", "classifier"],
    "training": {
        "epochs": 2,
        "schedule": {"name": "cosine"},
        "optimizer": {"name": "adam", "learning_rate": 0.1},
    },
}


def loops(*, keep: bool = False) -> Any:
    """The loops for a network of one layer, of 2x2 pixels and two classes."""
    import keras

    from cnnlab.backends import active
    from cnnlab.training.network import compile_network, network_class

    keras.utils.set_random_seed(1)
    inputs = keras.Input((2, 2, 1))
    outputs = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(inputs))
    part = network_class()(inputs, outputs)
    part.watch_loss()
    training = check(document_of(SETTING, REPOSITORY / "loops.yaml")).training
    compile_network(part, training, num_classes=2, steps_per_epoch=STEPS)
    return SimpleNamespace(train=active().training_loop(part, keep=keep), test=active().test_loop(part))


def batches(*, spoiled_at: int | None = None) -> Any:
    """Batches without end; the one with the number `spoiled_at` holds an image that is not a number."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (4 * STEPS, BATCH, 2, 2, 1)).astype(np.float32)
    if spoiled_at is not None:
        x[spoiled_at, 0] = np.nan
    y = np.eye(2, dtype=np.float32)[rng.integers(0, 2, (4 * STEPS, BATCH))]
    return iter(tf.data.Dataset.from_tensor_slices((x, y)))


def test_figures_are_of_all_steps_since_the_metrics_began() -> None:
    one, many = loops(), loops()
    whole = many.test(batches(), STEPS, begin=True)
    each, stream = [], batches()
    for _ in range(STEPS):
        each.append(one.test(stream, 1, begin=True).figures["cross_entropy"])
    assert whole.figures["cross_entropy"] == pytest.approx(np.mean(each), rel=1e-5)
    stream = batches()
    one.test(stream, 1, begin=True)
    assert one.test(stream, STEPS - 1).figures == pytest.approx(whole.figures, rel=1e-5)
    assert one.test(stream, 0).figures == pytest.approx(whole.figures, rel=1e-5)


def test_portions_train_as_one_call_does() -> None:
    one, many = loops(), loops()
    whole = many.train(batches(), STEPS, begin=True)
    stream = batches()
    first = one.train(stream, 1, begin=True)
    rest = one.train(stream, STEPS - 1)
    assert rest.figures == whole.figures
    assert first.probabilities is whole.probabilities is None


def test_a_training_loop_keeps_the_probabilities_where_they_are_wanted() -> None:
    """Those by which Keras counts: the same accuracy, and the same weights afterwards."""
    plain, keeping = loops(), loops(keep=True)
    stream = batches()
    parts = [keeping.train(stream, 1, begin=True), keeping.train(stream, STEPS - 1), keeping.train(stream, 0)]
    kept = np.concatenate([part.probabilities for part in parts if part.probabilities is not None])
    labels = np.concatenate(
        [np.argmax(batch[1], axis=1) for _, batch in zip(range(STEPS), batches(), strict=False)]
    )
    assert parts[-1].figures == plain.train(batches(), STEPS, begin=True).figures
    assert kept.dtype == np.float32 and kept.shape == (len(labels), 2)
    assert parts[-1].figures["accuracy"] == pytest.approx(np.mean(kept.argmax(axis=1) == labels))


def test_the_step_whose_loss_is_not_finite_is_told() -> None:
    spoiled = loops()
    stream = batches(spoiled_at=2)
    assert spoiled.train(stream, 2, begin=True).all_finite
    standing = spoiled.train(stream, 2)
    assert not standing.all_finite
    assert standing.finite_steps == 2
    assert set(standing.figures) == {"loss", "cross_entropy", "accuracy"}


def test_batches_may_differ_in_size_and_hold_bytes() -> None:
    import keras

    from cnnlab.backends import active

    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()])
    forward = active().forward(model)
    for size in (1, 3, 2):
        pixels = np.arange(size * 4, dtype=np.uint8).reshape(size, 2, 2, 1)
        found = forward(pixels)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, pixels.reshape(size, 4))
