"""The parts of the data that a repeat sees, and fixed steps applied to their images."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from cnnlab.datasets import Dataset, DatasetInfo, IndexedSplit, Split, Splits
from cnnlab.training.inputs import PreprocessedImages, drawn_splits, preprocessed
from tests.preprocess.test_deskewing import BASE, INFO, bars
from tests.sample_configs import MINIMAL, loaded


@pytest.mark.keras
def test_preprocessed_at_once_or_when_read_the_bits_are_the_same() -> None:
    steps = check(document_of(BASE, Path("config.yaml"))).preprocess
    images = np.tile(bars(), (200, 1, 1, 1))
    train = IndexedSplit(images, None, indices=np.arange(len(images)), origin="train")
    splits = Splits(train=train, validation=None, test=None)
    at_once = preprocessed(steps, splits, INFO, 1000.0).train.images
    lazy = preprocessed(steps, splits, INFO, 0.001).train.images
    assert isinstance(at_once, np.ndarray) and isinstance(lazy, PreprocessedImages)
    assert at_once.shape == lazy.shape == (1200, 28, 28, 1) and at_once.dtype == lazy.dtype == np.float32
    places = np.random.default_rng(0).permutation(1200)[:700]
    np.testing.assert_array_equal(lazy[places], at_once[places])
    assert preprocessed((), splits, INFO, 0.0) == splits


def split(size: int) -> Split:
    pixels = np.arange(size, dtype=np.uint8)[:, None, None, None]
    return Split(pixels, np.arange(size, dtype=np.int64) % 10)


def test_the_seed_draws_the_parts(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "mnist10k", "mnist10k\n  train_size: 30\n  limit_per_split: 20\n  validation_fraction: 0.25"
    )
    config = loaded(tmp_path, text)
    info = DatasetInfo((1, 1, 1), tuple("0123456789"))
    data = Dataset("d", "D", info, split(80), None, split(50), source="")
    first, again, other = (drawn_splits(config, data, seed) for seed in (1, 1, 2))
    assert {name: len(part) for name, part in first.present().items()} == {
        "train": 20,
        "validation": 20,
        "test": 20,
    }
    np.testing.assert_array_equal(first.train.images, again.train.images)
    assert not np.array_equal(first.train.images, other.train.images)
    assert not set(first.train.images.ravel()) & set(first.validation.images.ravel())
