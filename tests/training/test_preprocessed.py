"""Images that fixed steps are applied to, at once or when they are read."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from tests.preprocess.test_deskewing import BASE, INFO, bars


@pytest.mark.keras
def test_preprocessed_at_once_or_when_read_the_bits_are_the_same() -> None:
    from cnnlab.datasets import Split
    from cnnlab.training.preprocessed import PreprocessedImages, preprocessed

    steps = check(document_of(BASE, Path("config.yaml"))).preprocess
    splits = {"train": Split(np.tile(bars(), (200, 1, 1, 1)), None), "validation": None, "test": None}
    at_once = preprocessed(steps, splits, INFO, 1000.0)["train"].images
    lazy = preprocessed(steps, splits, INFO, 0.001)["train"].images
    assert isinstance(at_once, np.ndarray) and isinstance(lazy, PreprocessedImages)
    assert at_once.shape == lazy.shape == (1200, 28, 28, 1) and at_once.dtype == lazy.dtype == np.float32
    places = np.random.default_rng(0).permutation(1200)[:700]
    np.testing.assert_array_equal(lazy[places], at_once[places])
    assert preprocessed((), splits, INFO, 0.0) == splits
