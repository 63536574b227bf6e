"""What a loader returns is checked where it enters."""

import dataclasses

import numpy as np
import pytest

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.datasets.load import check_dataset
from cnnlab.errors import DataError

SPLIT = Split(np.zeros((4, 3, 2, 1), np.uint8), np.array([0, 1, 0, 1]))


GOOD = Dataset("good", "Good", DatasetInfo((3, 2, 1), ("a", "b")), SPLIT, None, SPLIT, source="")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"train": Split(np.zeros((4, 3, 2, 1)), SPLIT.labels)}, "train images .* float64 .* expected uint8"),
        (
            {"test": Split(SPLIT.images[:, :2], SPLIT.labels)},
            r"\(4, 2, 2, 1\), .*\(n, 3, 2, 1\)",
        ),
        ({"train": SPLIT.take(np.arange(0))}, "n at least 1"),
        ({"train": Split(SPLIT.images, None)}, "train labels of the data set 'good' are missing"),
        (
            {"train": Split(SPLIT.images, SPLIT.labels[:3])},
            r"\(3,\), expected int64 of shape \(4,\)",
        ),
        ({"train": Split(SPLIT.images, SPLIT.labels.astype(np.uint8))}, "are uint8 of shape"),
        (
            {"train": Split(SPLIT.images, SPLIT.labels + 1)},
            "from 1 to 2, expected class indices from 0 to 1",
        ),
    ],
)
def test_what_a_loader_returns_is_checked(changes, text):
    with pytest.raises(DataError, match=text):
        check_dataset("good", dataclasses.replace(GOOD, **changes))


def test_a_loader_must_return_a_data_set():
    assert check_dataset("good", GOOD) is GOOD
    assert check_dataset("good", dataclasses.replace(GOOD, test=Split(SPLIT.images, None)))
    with pytest.raises(DataError, match="'mine' returned NoneType, expected a"):
        check_dataset("mine", None)
