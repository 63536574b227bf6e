"""Labels as they are written in arrays."""

import numpy as np
import pytest

from cnnlab.datasets.arrays.label_arrays import group_texts, labels_as_written, require_no_gap
from cnnlab.errors import DataError


def test_labels_are_whole_numbers_or_text():
    for array in (
        np.array([0, 2, 1]),
        np.array([[0.0], [2.0], [1.0]]),
        np.array([0, 2, 1], np.uint8)[:, None, None],
    ):
        found, columns = labels_as_written("y", array)
        assert found.dtype == np.int64 and found.tolist() == [0, 2, 1] and columns is None
    found, columns = labels_as_written("y", np.eye(4)[[0, 2, 1]])
    assert found.tolist() == [0, 2, 1] and columns == 4
    assert labels_as_written("y", np.array([True, False]))[0].tolist() == [1, 0]
    for array in (
        np.array(["b", "ä"]),
        np.array(["b", "ä"], object).astype("U9"),
        np.char.encode(["b", "ä"], "utf-8"),
    ):
        assert labels_as_written("y", array)[0].tolist() == ["b", "ä"]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.array([0.5]), "y holds the label 0.5"),
        (np.array([1, np.nan]), "y holds the label nan at its image 1"),
        (np.array([[0.5, 0.5]]), "row 0 is not one-hot: expected"),
        (
            np.array([[1, 0], [1, 1], [0, 0]]),
            "row 1 is not one-hot: it has 2 ones, as where an image is of several",
        ),
        (np.array(["a", ""]), "y holds an empty label at its image 1"),
        (np.array([1j]), r"y is complex128 of shape \(1,\), expected one label"),
        (np.array(1), "expected one label for each image"),
        (np.zeros((2, 1, 3)), r"y has shape \(2, 1, 3\), expected one label"),
    ],
)
def test_what_is_no_label_is_refused(labels, said):
    with pytest.raises(DataError, match=said):
        labels_as_written("y", labels)


def test_a_gap_is_a_question():
    for sound in ([], [np.array([3, 4]), np.array([5])], [np.array(["a", "c"])]):
        require_no_gap("y", sound)
    with pytest.raises(
        DataError, match=r"y: the labels go from -1 to 1, and none is 0: .*`classes: \[-1, 1\]`"
    ):
        require_no_gap("y", [np.array([1, -1])])


def test_groups_become_text():
    assert group_texts("g", np.array([[3], [12]])).tolist() == ["3", "12"]
    assert group_texts("g", np.array(["a", "b"], "S")).tolist() == ["a", "b"]
    for wrong in (np.array([0.5]), np.zeros((2, 2), int), np.zeros(2, "U2000")):
        with pytest.raises(DataError, match=r"g is .*, expected one group for each image"):
            group_texts("g", wrong)
