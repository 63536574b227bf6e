"""The source that labelled files make."""

from pathlib import Path

import pytest

from cnnlab.datasets.folders.labelled_files import LabelledFile, LabelledFiles, files_source
from cnnlab.errors import DataError

ROOT = Path("here")


def source(*files, **more):
    return files_source(ROOT, LabelledFiles([LabelledFile(*file) for file in files], "Read so.", **more))


def test_each_part_has_its_files_labels_and_groups():
    made = source(
        ("a.png", "train", 1, "p"), ("b.png", "test"), ("c.png", "train", 0), ("d.png", "validation", 1)
    )
    train = made.parts["train"]
    assert train.images == [ROOT / "a.png", ROOT / "c.png"] and train.labels.tolist() == [1, 0]
    assert train.names.tolist() == ["a.png", "c.png"] and train.groups.tolist() == ["p", "c.png"]
    assert made.parts["test"].labels is None and made.parts["validation"].groups is None and made.notes == ()


def test_labels_of_numbers_and_text_are_text():
    assert source(("a.png", "train", 1), ("b.png", "train", "x")).parts["train"].labels.tolist() == ["1", "x"]


def test_images_without_a_label_are_left_out_where_others_have_one():
    made = source(
        ("a.png", "train", 1), ("b.png", "train"), ("c.png", "test"), ("d.png", "test", 1), guessed=True
    )
    assert [len(part) for part in made.parts.values()] == [1, 1]
    assert made.notes == (
        "Read so.",
        "1 train image has no label and was left out: b.png.",
        "1 test image has no label and was left out: c.png.",
    )


def test_nothing_to_train_on_is_refused():
    with pytest.raises(DataError, match=r"here holds no labelled image to train on. Read so"):
        source(("a.png", "train"), ("b.png", "test"))
