"""Views and averages, by hand and without a framework."""

import numpy as np
import pytest

from cnnlab.augment.views import Views, mean, view_set, views_misfit
from cnnlab.training.averaging import averaged

A = np.array([[1, 2], [3, 4]], np.uint8)[None, :, :, None]  # one image of 2x2


def views(name: str) -> Views:
    return view_set.get(name)(parameters=view_set.get(name).parameters())


def seen(name: str) -> list[list[int]]:
    """Every view of the image A, its pixels read row by row."""
    return [view(A).ravel().tolist() for view in views(name).views]


def test_the_views_of_each_set():
    assert seen("none") == [[1, 2, 3, 4]]
    assert seen("flips") == [[1, 2, 3, 4], [2, 1, 4, 3], [3, 4, 1, 2]]
    turns = [[1, 2, 3, 4], [2, 4, 1, 3], [4, 3, 2, 1], [3, 1, 4, 2]]
    mirror_images = [[2, 1, 4, 3], [4, 2, 3, 1], [3, 4, 1, 2], [1, 3, 2, 4]]
    assert seen("d4") == turns + mirror_images
    assert len({tuple(view) for view in seen("d4")}) == 8


@pytest.mark.parametrize("name", sorted(set(view_set) - {"random"}))
def test_views_keep_shape_and_type_and_begin_with_the_image(name):
    images = np.random.default_rng(0).integers(0, 256, (3, 5, 5, 2), dtype=np.uint8)
    found = [view(images) for view in views(name).views]
    assert all(view.shape == images.shape and view.dtype == np.uint8 for view in found)
    assert (found[0] == images).all() and len(found) == len(views(name))


@pytest.mark.parametrize("name", ["none", "flips"])
def test_oblong_images_may_be_flipped(name):
    images = np.zeros((1, 2, 3, 1), np.uint8)
    assert all(view(images).shape == images.shape for view in views(name).views)
    assert views_misfit(name, (2, 3, 1)) is None


def test_oblong_images_cannot_be_turned():
    assert views_misfit("d4", (3, 3, 1)) is None
    said = views_misfit("d4", (28, 30, 1))
    assert said == "d4 turns images by 90 degrees, so they must be square; these are 28x30: take flips"


def corner(images: np.ndarray) -> np.ndarray:
    """A forward pass that is easy to follow: the upper left pixel in tenths is the probability of class 1."""
    p = images[:, 0, 0, 0].astype(np.float32) / 10
    return np.stack([1 - p, p], axis=1)


def test_the_average_is_the_arithmetic_mean_of_the_views():
    np.testing.assert_allclose(averaged(corner, A, views("flips")), [[0.8, 0.2]], atol=1e-7)  # of 1, 2, 3
    np.testing.assert_allclose(
        averaged(corner, A, views("d4")), [[0.75, 0.25]], atol=1e-7
    )  # each corner twice
    assert averaged(corner, A, views("d4")).dtype == np.float32


def test_one_part_is_its_own_mean_and_sums_are_in_float64():
    alone = np.array([[0.1, 0.9]], np.float32)
    assert mean([alone]) is alone
    tiny = np.full((1, 1), 1e-8, np.float32)
    assert mean([np.ones((1, 1), np.float32)] + [tiny] * 3)[0, 0] == np.float32((1 + 3e-8) / 4)
