"""Probabilities of many images, batch by batch."""

import numpy as np
import pytest

from cnnlab.augment.views import view_set
from cnnlab.datasets.stored import ImageSource, StoredImages
from cnnlab.training.averaging import averaged, batches, probabilities
from tests.augment.test_views import corner, views


@pytest.mark.parametrize("batch_size", [1, 2, 5, 7, 100])
@pytest.mark.parametrize("name", sorted(set(view_set) - {"random"}))
def test_batches_change_nothing(name, batch_size):
    images = np.random.default_rng(1).integers(0, 10, (7, 4, 4, 1), dtype=np.uint8)
    calls = []
    together = averaged(corner, images, views(name))
    parts = probabilities(corner, images, views(name), batch_size=batch_size, check=lambda: calls.append(1))
    np.testing.assert_array_equal(parts, together)
    assert len(calls) == -(-7 // batch_size)


class Counting(ImageSource):
    """Images whose pixels are their number; remembers how many were asked for together."""

    shape = (10, 2, 2, 1)

    def __init__(self) -> None:
        self.asked: list[int] = []

    def read(self, positions: np.ndarray) -> np.ndarray:
        self.asked.append(len(positions))
        return np.broadcast_to(positions.astype(np.uint8)[:, None, None, None], (len(positions), 2, 2, 1))


def test_images_of_a_file_are_read_in_blocks_and_in_order(monkeypatch):
    monkeypatch.setattr("cnnlab.datasets.stored.BLOCK_BYTES", 16)  # four images
    source = Counting()
    found = list(batches(StoredImages(source), 3))
    assert source.asked == [4, 4, 2]
    assert [len(batch) for batch in found] == [3, 1, 3, 1, 2]
    assert np.concatenate(found)[:, 0, 0, 0].tolist() == list(range(10))
