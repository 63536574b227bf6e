"""Which images stand where: passes through the data, epochs of a given length, and what a class weighs."""

from typing import Any

import numpy as np
import pytest

from cnnlab.training.class_weights import class_weights
from cnnlab.training.logit_adjustment import logit_offsets
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


def test_weights_by_name_and_balanced():
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    names = ("normal", "tumour")
    assert class_weights(None, labels, names) is None
    assert class_weights({"tumour": 3.0}, labels, names) == (1.0, 3.0)
    balanced = class_weights("balanced", labels, names)
    assert balanced == pytest.approx((8 / 12, 2.0))
    assert balanced is not None
    assert sum(balanced[label] for label in labels) == pytest.approx(len(labels))
    assert class_weights("balanced", labels, (*names, "absent")) == pytest.approx((8 / 18, 8 / 6, 8 / 3))


def test_logit_offsets():
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    assert logit_offsets(0.0, labels, 2) is None
    offsets = logit_offsets(1.0, labels, 3)
    assert offsets is not None and offsets.dtype == np.float32
    assert np.exp(offsets) == pytest.approx((6 / 8, 2 / 8, 1 / 8))  # the absent class counts as one image
    assert logit_offsets(0.5, labels, 3) == pytest.approx(offsets / 2)
