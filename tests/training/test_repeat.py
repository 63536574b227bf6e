"""The parts of the data that a repeat sees."""

from pathlib import Path

import numpy as np

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.training.repeat import drawn_splits, limited, peak_memory
from tests.sample_configs import MINIMAL, loaded


def split(size: int) -> Split:
    pixels = np.arange(size, dtype=np.uint8)[:, None, None, None]
    return Split(pixels, np.arange(size, dtype=np.int64) % 10)


def test_a_limit_takes_images_evenly_from_the_whole_part():
    assert limited(split(10), 5).images.ravel().tolist() == [0, 2, 4, 6, 8]
    assert len(limited(split(10), 3)) == 3
    whole = split(4)
    assert limited(whole, 4) is whole and limited(whole, None) is whole


def test_the_seed_draws_the_parts(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "mnist10k", "mnist10k\n  train_size: 30\n  limit_per_split: 20\n  validation_fraction: 0.25"
    )
    config = loaded(tmp_path, text)
    info = DatasetInfo((1, 1, 1), tuple("0123456789"))
    data = Dataset("d", "D", info, split(80), None, split(50), source="")
    first, again, other = (drawn_splits(config, data, seed) for seed in (1, 1, 2))
    assert {name: len(part) for name, part in first.items()} == {"train": 20, "validation": 20, "test": 20}
    np.testing.assert_array_equal(first["train"].images, again["train"].images)
    assert not np.array_equal(first["train"].images, other["train"].images)
    assert not set(first["train"].images.ravel()) & set(first["validation"].images.ravel())


def test_the_peak_of_memory_is_in_bytes():
    assert 10_000_000 < peak_memory() < 1e12
