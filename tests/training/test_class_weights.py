"""What a class weighs in the training loss."""

import numpy as np
import pytest

from cnnlab.training.class_weights import class_weights


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
