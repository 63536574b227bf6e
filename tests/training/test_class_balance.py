"""What a class weighs in the training loss, and what the loss adds to its logit."""

import numpy as np
import pytest

from cnnlab.training.class_balance import class_weights, logit_offsets


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
