"""Which images are kept in memory."""

import numpy as np
import pytest

from cnnlab.datasets import Split, draw_split
from cnnlab.datasets.hdf5 import stored_images
from cnnlab.datasets.memory import prepare_streaming, within_budget
from cnnlab.datasets.stored import RawSource
from tests.datasets.layouts import PIXELS, data_set


@pytest.mark.parametrize(("budget", "expected"), [(0, ()), (0.15, ("train",)), (0.16, ("train",)), (9, None)])
def test_the_budget_decides_what_is_kept_in_memory(path, budget, expected):
    splits = draw_split(
        data_set(stored_images(path, None, 32)),
        train_size=45,
        validation_fraction=0.1,
        rng=np.random.default_rng(1),
    )
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    prepare_streaming(parts, budget)
    kept = within_budget(parts, budget)
    held = {name for name, split in kept.items() if isinstance(split.images, np.ndarray)}
    assert held == set(parts if expected is None else expected)
    for name, split in kept.items():
        np.testing.assert_array_equal(split.images[:], PIXELS[split.indices])
        assert split.labels is parts[name].labels
        assert isinstance(split.images, np.ndarray) or isinstance(split.images.source, RawSource)


def test_what_is_in_memory_already_is_left_alone():
    split = Split(PIXELS, None)
    assert within_budget({"train": split, "test": None}, 0) == {"train": split, "test": None}
