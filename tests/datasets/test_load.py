"""What a loader returns is checked where it enters."""

import dataclasses

import numpy as np
import pytest

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.load import check_dataset
from cnnlab.errors import DataError
from tests.datasets.pcam_files import write_h5

SPLIT = Split(np.arange(24, dtype=np.uint8).reshape(4, 3, 2, 1), np.array([0, 1, 0, 1]))


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
            {"train": dataclasses.replace(SPLIT, groups=np.arange(4))},
            r"train groups .* are int64 of shape \(4,\), expected texts of shape \(4,\)",
        ),
        ({"test": dataclasses.replace(SPLIT, names=np.array(["a"]))}, "test names .* expected texts"),
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


def notes(**changes):
    return check_dataset("good", dataclasses.replace(GOOD, notes=("Of its own.",), **changes)).notes


def test_values_that_look_wrong_are_noted_for_each_part():
    dark = Split(SPLIT.images // 23, SPLIT.labels)
    said = "No pixel value is above 1 in the test images: if these were numbers from 0 to 1 once, multiply them by"
    own, note = notes(test=dark)
    assert own == "Of its own." and note.startswith(said)
    assert len(notes(train=dark, test=Split(SPLIT.images * 0, SPLIT.labels))) == 3
    same = Split(np.full_like(SPLIT.images, 255), SPLIT.labels)
    assert notes(validation=same)[1:] == ("All pixels of the validation images have the value 255.",)


def test_of_images_in_a_file_the_first_are_looked_at(tmp_path):
    path = write_h5(tmp_path / "x.h5", x=np.zeros((100, 32, 32, 3), np.uint8))
    stored = Split(stored_images(path, None, 32), np.arange(100) % 2)
    info = DatasetInfo((32, 32, 3), ("a", "b"))
    (note,) = check_dataset("d", Dataset("d", "D", info, stored, None, None, source="")).notes
    assert note.startswith("No pixel value is above 1 in the first 64 train images")


def test_groups_that_two_parts_share_are_noted():
    split = dataclasses.replace(SPLIT, groups=np.array(["a", "a", "b", "c"]))
    assert notes(train=split, test=split)[1].startswith("The train and test parts share 3 groups (a, b, c)")
    assert notes(train=split) == ("Of its own.",)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_class_that_training_never_sees_is_refused(part):
    train = Split(SPLIT.images, SPLIT.labels * 0)
    said = (
        rf"The {part} part .* has a class 'b' \(label 1, 2 of 4 images\) that the training images do not have"
    )
    with pytest.raises(DataError, match=said):
        check_dataset("good", dataclasses.replace(GOOD, **{"train": train, "test": None, part: SPLIT}))
