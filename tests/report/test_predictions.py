import numpy as np
import pytest

from cnnlab.report.predictions import load_predictions, measured_predictions, measured_split
from cnnlab.runs.read import load_run

SURE = np.eye(3, dtype=np.float32)


def write(path, **changes):
    """Two test images and a validation image of three classes."""
    arrays = {
        "split": np.array([2, 2, 1], np.uint8), "index": np.array([5, 7, 0]), "label": np.array([0, 1, 2]),
        "probabilities": SURE[[0, 2, 2]], **changes,
    }  # fmt: skip
    np.savez(path, **arrays)
    return path


def test_the_images_of_one_split(tmp_path):
    found = load_predictions(write(tmp_path / "a.npz"), "test")
    assert found.index.tolist() == [5, 7] and found.label.tolist() == [0, 1]
    assert found.predicted.tolist() == [0, 2] and found.num_classes == 3
    assert load_predictions(tmp_path / "a.npz", "train") is None


def test_hidden_labels_count_where_they_are_asked_for(tmp_path):
    path = write(tmp_path / "a.npz", label=np.array([-1, -1, 2]))
    assert load_predictions(path, "test") is None
    assert load_predictions(path, "test", hidden=True).label.tolist() == [-1, -1]
    assert measured_split(path).split == "validation"


@pytest.mark.parametrize(
    "changes",
    [
        {"label": np.array([0, 1])},
        {"probabilities": np.ones(3)},
        {"probabilities": np.full((3, 3), np.nan)},
        {"label": np.array([9, 9, 9])},
        {"index": np.array(["a", "b", "c"])},
    ],
    ids=str,
)
def test_damaged_ones_are_none(tmp_path, changes):
    assert load_predictions(write(tmp_path / "a.npz", **changes), "test") is None
    assert load_predictions(tmp_path / "missing.npz", "test") is None


def test_names_of_files_are_printable(tmp_path):
    """A run folder may be a stranger's."""
    names = np.array(["a.png", "\x1b]0;X\x07.png", "ü\u202e\n.png"])
    path = write(tmp_path / "a.npz", names=names)
    assert load_predictions(path, "test").names.tolist() == ["a.png", "�]0;X�.png"]
    assert load_predictions(path, "validation").names.tolist() == ["ü� .png"]


def test_repeats_of_another_kind_are_left_out(make_run):
    folder = make_run(accuracies=[0.9, 0.9, 0.9], class_names=["a", "b"])
    write(folder.repeat(1).predictions_path)
    assert [repeat.k for repeat, _ in measured_predictions(load_run(folder.path))] == [0, 2]


def test_groups_are_read_where_a_split_has_some(tmp_path):
    path = write(tmp_path / "a.npz", groups=np.array(["p1", "p2", ""]))
    assert load_predictions(path, "test").groups.tolist() == ["p1", "p2"]
    assert load_predictions(path, "validation").groups is None
    assert load_predictions(write(tmp_path / "b.npz", groups=np.arange(3)), "test").groups is None
