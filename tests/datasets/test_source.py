"""A data set made of what a source says of itself."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.datasets.source import DataSource, SourcePart, make_dataset
from cnnlab.datasets.stored import ImageSource, StoredImages
from cnnlab.errors import DataError

HERE = Path("here")


class Files(ImageSource):
    """Image i holds the number of its file."""

    def __init__(self, files):
        self.values = np.array([int(file.name) for file in files], np.uint8)
        self.shape = (len(files), 2, 2, 1)

    def read(self, positions):
        return np.broadcast_to(self.values[positions, None, None, None], (len(positions), 2, 2, 1)).copy()


def read_stored(files):
    return StoredImages(Files(files)), ("read",)


def read_whole(files):
    return np.asarray(read_stored(files)[0]), ("read",)


def part(values, labels=None, groups=None):
    names = np.array([f"{value}.png" for value in values])
    return SourcePart(
        [Path(str(value)) for value in values],
        None if labels is None else np.array(labels),
        names,
        None if groups is None else np.array(groups),
    )


def values(split):
    return np.asarray(split.images)[:, 0, 0, 0].tolist()


def make(parts, read=read_stored, class_names=None, **asked):
    source = DataSource(HERE, parts, "Read so.", class_names, ("found",))
    return make_dataset(source, "folder", title="T", read_files=read, **asked)


@pytest.mark.parametrize("read", [read_stored, read_whole])
def test_files_of_all_parts_are_read_at_once_and_stay_with_their_labels(read):
    parts = {"train": part([3, 1, 2], ["b", "a", "b"], ["p", "q", "p"]), "test": part([9, 8])}
    made = make(parts, read)
    assert values(made.train) == [3, 1, 2] and made.train.labels.tolist() == [1, 0, 1]
    assert made.train.groups.tolist() == ["p", "q", "p"] and made.train.names.tolist()[0] == "3.png"
    assert values(made.test) == [9, 8] and made.test.labels is None
    assert made.info.class_names == ("a", "b") and made.info.image_shape == (2, 2, 1)
    assert made.notes == ("found", "read") and made.reading == "Read so." and made.source == "here"


@pytest.mark.parametrize("read", [read_stored, read_whole])
def test_images_of_classes_that_do_not_count_are_left_out(read):
    parts = {"train": part(range(6), list("abcabc")), "validation": part([7, 8], ["b", "c"])}
    made = make(parts, read, classes=["c", "a"])
    assert values(made.train) == [0, 2, 3, 5]
    assert made.train.labels.tolist() == [1, 0, 1, 0] and made.validation.names.tolist() == ["8.png"]
    assert "3 images of 1 other class were left out, as `classes` says: b." in made.notes


def test_the_last_of_each_class_become_the_test_part_where_there_is_none():
    made = make({"train": part(range(10), [0, 1] * 5)}, test_fraction=0.2)
    assert values(made.test) == [8, 9] and len(made.train) == 8


def test_arrays_are_taken_as_they_are():
    images = np.zeros((2, 3, 4, 1), np.uint8)
    made = make({"train": SourcePart(images, np.array([1, 2]))}, None, class_names=("x", "y"))
    assert made.train.images is images and made.train.labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("parts", "asked", "text"),
    [
        ({"train": part([1, 2])}, {}, "here: the train images have no labels; only test images .* Read so"),
        ({"train": part([1, 2], ["a"])}, {}, "the train part has 2 images and 1 label, expected as many"),
        ({"test": part([1, 2], ["a", "b"])}, {}, "here holds no image of the train part. Read so"),
        ({"train": part([1, 2, 3], list("abc")), "validation": part([4], ["c"])}, {"classes": ["a", "b"]},
         "here holds no image of the validation part of these classes"),
        ({"train": part([1, 2], ["a", "b"]), "test": part([3], [1])}, {},
         r"some parts have numbers as labels and others text \(a, b\)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(parts, asked, text):
    with pytest.raises(DataError, match=text):
        make(parts, **asked)


def test_parts_of_two_sizes_are_refused():
    parts = {
        "train": SourcePart(np.zeros((2, 3, 4, 1), np.uint8), np.array([0, 1])),
        "test": SourcePart(np.zeros((2, 3, 5, 1), np.uint8), np.array([0, 1])),
    }
    with pytest.raises(
        DataError, match=r"the test images have shape \(3, 5, 1\) and those of train \(3, 4, 1\)"
    ):
        make(parts, None)


def test_a_test_part_that_is_made_keeps_groups_whole():
    found = make(
        {"train": part(range(8), [0, 1] * 4, ["a", "a", "b", "b", "c", "c", "d", "d"])}, test_fraction=0.25
    )
    assert found.test.groups.tolist() == ["d", "d"] and "d" not in found.train.groups.tolist()
