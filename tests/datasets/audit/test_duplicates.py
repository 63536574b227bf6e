"""Equal images, within splits and across them, are counted by image; labels that contradict each other too."""

import numpy as np

from cnnlab.datasets.audit.duplicates import count_pairs, count_unlike, equal_pairs, first_equal
from cnnlab.datasets.audit.look import look_at
from tests.datasets.audit.samples import dataset_of, textured


def test_groups_of_equal_images_are_counted_by_image() -> None:
    """Three equal ones in train are two repetitions; two of them in test are two that train has, and one repetition."""
    images = textured(12)
    train = np.concatenate([images[:5], images[[1, 1]]])
    looks = look_at(dataset_of(train, np.concatenate([images[5:8], images[[1, 1]]])))
    first = first_equal(looks)
    assert first.tolist() == [0, 1, 2, 3, 4, 1, 1, 7, 8, 9, 1, 1]
    pairs = equal_pairs(looks, first)
    assert sorted(pairs.tolist()) == [[1, 5], [1, 6], [1, 10], [1, 11], [10, 11]]
    found = {(each.parts, each.count, each.images, each.grave) for each in count_pairs(looks, "equal", pairs)}
    assert found == {
        (("train",), 2, 7, False),
        (("train", "test"), 2, 5, True),
        (("test",), 1, 5, False),
    }


def test_every_two_splits_are_compared() -> None:
    """An image in all three splits is found in each two of them."""
    images = textured(9)
    looks = look_at(
        dataset_of(images[:3], np.stack([images[5], images[0]]), np.stack([images[0], images[4]]))
    )
    pairs = equal_pairs(looks, first_equal(looks))
    found = [(each.parts, each.count) for each in count_pairs(looks, "equal", pairs)]
    assert found == [(("train", "validation"), 1), (("train", "test"), 1), (("validation", "test"), 1)]


def test_equal_images_with_unlike_labels_are_counted() -> None:
    """A label that is hidden contradicts none."""
    images = textured(4)
    train, labels = np.concatenate([images, images[:2]]), {"train": [0, 1, 0, 1, 1, 1]}
    looks = look_at(dataset_of(train, images[2:3], labels=labels | {"test": [-1]}))
    pairs = equal_pairs(looks, first_equal(looks))
    none = np.empty((0, 2), np.int64)
    (found,) = count_unlike(looks, pairs, none)
    assert (found.kind, found.count, found.grave) == ("unlike labels", 2, True)
    assert "2 equal images have unlike labels" in found.text
    assert not list(count_unlike(looks, none, none))
