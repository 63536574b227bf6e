"""Names of arrays and files, as people spell them."""

import pytest

from cnnlab.datasets.arrays.spellings import by_meaning, spelling
from cnnlab.errors import DataError


def test_names_are_read_in_any_order_and_letters():
    for name, kind, part in [
        ("x", "images", None),
        ("X_train", "images", "train"),
        ("trainX", "images", "train"),
        ("train_images", "images", "train"),
        ("Images-Val", "images", "validation"),
        ("test_set_y", "labels", "test"),
        ("Y_te", "labels", "test"),
        ("target", "labels", None),
        ("group_train", "groups", "train"),
        ("Patient ID", "groups", None),
        ("training", None, "train"),
    ]:
        assert spelling(name) == (kind, part), name
    for name in ("", "mask", "meta", "xx", "x_trian", "train_test", "x" * 10_000, "x\0y"):
        assert spelling(name) is None, name


def test_two_names_of_one_meaning_are_refused_with_both():
    assert by_meaning("a", ["x", "images_train", "ids", "train"]) == {
        ("images", None): "x",
        ("images", "train"): "images_train",
    }
    with pytest.raises(
        DataError, match=r"a.npz has both X_val and valid_images, expected one array of images of the"
    ):
        by_meaning("a.npz", ["X_val", "y_val", "valid_images"])
