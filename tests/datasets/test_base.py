"""A data set and its hash."""

import dataclasses

import numpy as np

from cnnlab.datasets import Dataset, DatasetInfo, Split

SPLIT = Split(np.zeros((4, 3, 2, 1), np.uint8), np.array([0, 1, 0, 1]))


GOOD = Dataset("good", "Good", DatasetInfo((3, 2, 1), ("a", "b")), SPLIT, None, SPLIT, source="")


def test_the_content_hash_sees_pixels_labels_shapes_and_which_part_is_which():
    hidden = Split(SPLIT.images, None)
    others = [
        dataclasses.replace(GOOD, train=Split(SPLIT.images + np.uint8(1), SPLIT.labels)),
        dataclasses.replace(GOOD, train=Split(SPLIT.images, 1 - SPLIT.labels)),
        dataclasses.replace(GOOD, train=Split(SPLIT.images.reshape(4, 2, 3, 1), SPLIT.labels)),
        dataclasses.replace(GOOD, test=hidden),
        dataclasses.replace(GOOD, test=None),
        dataclasses.replace(GOOD, validation=SPLIT, test=None),
    ]
    assert len({each.content_hash() for each in (GOOD, *others)}) == 1 + len(others)
    assert dataclasses.replace(GOOD, name="other", source="elsewhere").content_hash() == GOOD.content_hash()
