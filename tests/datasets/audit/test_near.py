"""Near duplicates: found under every symmetry and usual change, and not among images that merely are of a kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.datasets import data_places, dataset, load_dataset
from cnnlab.datasets.audit.look import look_at
from cnnlab.datasets.audit.near import NearPairs, near_pairs
from cnnlab.datasets.audit.symmetries import symmetries_of, transformed
from tests.datasets.audit.samples import as_jpeg, brighter, dataset_of, resized, textured


def found_in(images: np.ndarray) -> NearPairs:
    """The near duplicates among images."""
    looks = look_at(dataset_of(images))
    return near_pairs(looks.thumbnails, looks.colours, len(symmetries_of(*images.shape[1:3])))


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    symmetry=st.integers(0, 7),
    side=st.sampled_from([16, 17, 28, 32, 45]),
    channels=st.sampled_from([1, 3]),
)
def test_every_symmetry_of_a_textured_image_is_found(
    seed: int, symmetry: int, side: int, channels: int
) -> None:
    """One pair among forty images, with the symmetry that makes the second the first."""
    images = textured(40, side, side, channels, seed)
    copy = transformed(images[7:8], symmetry)
    found = found_in(np.concatenate([images, copy]))
    assert found.pairs.tolist() == [[7, 40]]
    np.testing.assert_array_equal(transformed(copy, int(found.symmetry[0]))[0], images[7])
    assert found.likeness[0] == 1


CHANGES = {
    "JPEG 85": as_jpeg,
    "JPEG 60": lambda image: as_jpeg(image, 60),
    "a pixel larger": lambda image: resized(image, 1),
    "a pixel smaller": lambda image: resized(image, -1),
    "3 % brighter": lambda image: brighter(image, 1.03),
    "3 % darker": lambda image: brighter(image, 0.97),
}


@pytest.mark.parametrize("change", CHANGES)
def test_copies_that_were_changed_are_found(change: str) -> None:
    """Each of twenty copies, which are mirrored and turned as well; and no other pair."""
    images = textured(300, 48, 48)
    copies = [transformed(CHANGES[change](images[k])[None], k % 8) for k in range(20)]
    found = found_in(np.concatenate([images, *copies]))
    assert found.pairs.tolist() == [[k, 300 + k] for k in range(20)]


def test_images_that_are_not_square_are_not_turned() -> None:
    """Four symmetries keep their shape, and are found."""
    images = textured(30, 20, 36)
    copies = [transformed(images[k : k + 1], k) for k in range(4)]
    assert found_in(np.concatenate([images, *copies])).pairs.tolist() == [[k, 30 + k] for k in range(4)]


def test_other_colours_and_other_contrasts_are_no_copies() -> None:
    """A red and a green image of one structure differ, as do a bright and a dim one: that may be their class."""
    images = textured(30)
    green, dim = images[:1].copy(), images[1:2] // 2
    green[..., 0], green[..., 1] = green[..., 0] // 2, 127 + green[..., 1] // 2
    assert len(found_in(np.concatenate([images, green, dim])).pairs) == 0


def test_digits_and_drawn_tissue_have_no_near_duplicates() -> None:
    """Ten thousand handwritten digits are similar, and none is another; changed copies of some are found."""
    for name, parameters in (
        ("mnist10k", {}),
        ("pcam_synthetic", {"train_images": 400, "validation_images": 50, "test_images": 50}),
    ):
        loaded = load_dataset(name, dataset.get(name).parameters(**parameters), data_places(None))
        images = np.concatenate([split.images for split in loaded.splits().values()])
        copies = np.stack([as_jpeg(image) for image in images[:: len(images) // 50]])
        found = found_in(np.concatenate([images, copies])).pairs
        assert set(found[:, 1]) <= set(range(len(images), len(images) + len(copies)))
        assert len(found) >= 0.95 * len(copies)


def test_images_without_structure_are_not_compared() -> None:
    """Blank ones with faint noise are no near duplicates of one another, nor is a single image of anything."""
    blank = np.random.default_rng(0).integers(235, 250, (200, 32, 32, 3), dtype=np.uint8)
    assert len(found_in(blank).pairs) == 0
    assert len(found_in(textured(1)).pairs) == len(found_in(textured(2)).pairs) == 0


def test_pairs_do_not_depend_on_what_else_is_there() -> None:
    """Each pair once, the earlier image first, in order; of three copies there are three pairs."""
    images = textured(50)
    copies = [brighter(images[3], 1.02)[None], images[3:4, ::-1]]
    assert found_in(np.concatenate([images, *copies])).pairs.tolist() == [[3, 50], [3, 51], [50, 51]]
