"""What the training loss adds to the logits."""

import numpy as np
import pytest

from cnnlab.training.logit_adjustment import logit_offsets


def test_logit_offsets():
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    assert logit_offsets(0.0, labels, 2) is None
    offsets = logit_offsets(1.0, labels, 3)
    assert offsets is not None and offsets.dtype == np.float32
    assert np.exp(offsets) == pytest.approx((6 / 8, 2 / 8, 1 / 8))  # the absent class counts as one image
    assert logit_offsets(0.5, labels, 3) == pytest.approx(offsets / 2)
