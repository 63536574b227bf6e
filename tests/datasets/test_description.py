"""What is said of a data set before anything is trained."""

from pathlib import Path

import numpy as np

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.datasets.description import SplitDescription, describe_dataset
from cnnlab.datasets.stored import StoredImages
from tests.datasets.test_source import Files


def test_every_split_is_counted_by_class_group_and_value():
    stored = StoredImages(Files([Path("7"), Path("3"), Path("5")]))
    train = Split(stored, np.array([0, 0, 2]), None, np.array(["p", "p", "q"]))
    test = Split(np.full((2, 2, 2, 1), 9, np.uint8), None)
    found = describe_dataset(
        Dataset("d", "D", DatasetInfo((2, 2, 1), ("a", "b", "c")), train, None, test, "S", ("n",))
    )
    assert found.splits == {
        "train": SplitDescription(3, (2, 0, 1), 2, 3, 7),
        "test": SplitDescription(2, None, None, 9, 9),
    }
    assert found.color == "gray" and found.positive_class is None and found.notes == ("n",)
    assert found.plain()["splits"]["train"]["by_class"] == (2, 0, 1)
