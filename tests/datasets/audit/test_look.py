"""What is kept of each image: exact, the same however images are read, and turned where they are."""

import numpy as np
import pytest

from cnnlab.datasets.audit.look import look_at
from cnnlab.datasets.audit.symmetries import symmetries_of, transformed
from cnnlab.datasets.base import Dataset
from tests.datasets.audit.samples import dataset_of, textured


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 5, 3), (16, 16, 1), (28, 28, 1), (31, 33, 3), (96, 96, 3)])
def test_thumbnails_are_the_luma_of_fields_and_turn_with_the_image(shape: tuple[int, int, int]) -> None:
    """The thumbnail of a transformed image is the transformed thumbnail, to the bit; of 96 pixels a field has 6."""
    images = textured(5, *shape)
    looks = look_at(dataset_of(images))
    for k in symmetries_of(*shape[:2]):
        other = look_at(dataset_of(np.ascontiguousarray(transformed(images, k))))
        np.testing.assert_array_equal(other.thumbnails, transformed(looks.thumbnails, k))
        np.testing.assert_array_equal(other.colours, looks.colours)
    if shape[0] == 96:
        fields = images.reshape(5, 16, 6, 16, 6, 3).sum(axis=(2, 4)) @ [5, 9, 2] / (16 * 36)
        np.testing.assert_array_equal(looks.thumbnails, np.rint(fields))
        np.testing.assert_array_equal(looks.colours, np.rint(images.mean(axis=(1, 2))))
    assert looks.lowest.tolist() == images.min(axis=(1, 2, 3)).tolist()
    assert looks.brightest.tolist() == looks.thumbnails.max(axis=(1, 2)).tolist()


def test_images_are_read_once_and_the_content_hash_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is what it is by itself, and is not computed again; known, it is not computed for the audit."""
    data = dataset_of(textured(20), textured(7, seed=1))
    expected = dataset_of(textured(20), textured(7, seed=1)).sha256
    looks = look_at(data)
    monkeypatch.setattr(Dataset, "_digest", lambda *_: pytest.fail("computed again"))
    assert data.sha256 == expected
    again = look_at(data)
    assert len(looks) == 27 and looks.parts == ("train", "test")
    for name in ("digests", "thumbnails", "colours", "brightness", "labels"):
        assert getattr(looks, name).tolist() == getattr(again, name).tolist()


def test_of_too_many_images_those_outside_of_train_are_compared_first() -> None:
    """Half of what is left goes to each of the others, evenly spaced; everything else is looked at in full."""
    looks = look_at(dataset_of(textured(30), textured(4, seed=1), textured(40, seed=2)), most=20)
    assert looks.part_of(looks.compared).tolist() == [0] * 8 + [1] * 8 + [2] * 4
    assert looks.compared[8:16].tolist() == [30, 35, 40, 45, 50, 55, 60, 65]
    whole = look_at(dataset_of(textured(30), textured(4, seed=1), textured(40, seed=2)))
    np.testing.assert_array_equal(looks.thumbnails, whole.thumbnails[looks.compared])
    assert len(looks.digests) == 74
