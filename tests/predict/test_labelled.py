"""What ``evaluate --data`` reads, and by what: no network."""

import numpy as np
import pytest
from PIL import Image

from cnnlab.errors import CnnlabError, ConfigError, DataError
from cnnlab.predict.image_check import Expected
from cnnlab.predict.labelled import read_labelled
from tests.datasets.pcam_files import images, labels, write_h5, write_lab

EXPECTED = Expected((32, 32, 3))


def test_files_and_folders_of_arrays(tmp_path):
    np.savez(tmp_path / "a.npz", x=images(6, 32), y=labels(6))
    forms = (tmp_path / "a.npz", write_h5(tmp_path / "a.h5", x=images(6, 32), y=labels(6)))
    for path in forms:
        found = read_labelled(path, EXPECTED)
        assert [*found.splits()] == ["train"] and found.train.labels.tolist() == labels(6).tolist()
    assert len(read_labelled(write_lab(tmp_path / "lab", test_labels=True), EXPECTED).splits()) == 3


def test_a_stray_array_does_not_hide_image_files(tmp_path):
    for label, pixels in zip("ab", images(2, 32), strict=True):
        (tmp_path / label).mkdir()
        Image.fromarray(pixels).save(tmp_path / label / "1.png")
    write_h5(tmp_path / "features.h5", x=images(4, 32))
    assert read_labelled(tmp_path, EXPECTED).info.class_names == ("a", "b")


def test_larger_patches_are_cropped_as_the_runs_own_were(tmp_path):
    x = images(4, 48)
    path = write_h5(tmp_path / "a.h5", x=x, y=labels(4))
    found = read_labelled(path, Expected((32, 32, 3), crop=32))
    assert (found.train.images[:] == x[:, 8:40, 8:40]).all()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "there is no file or folder"),
        ("a.txt", "is none of what is read here: a folder of images in class folders"),
        ("bare.h5", "has images and no labels: expected them under a key such as y."),
        ("odd.h5", "holds 4 images and 3 labels, expected as many."),
        ("empty", "empty"),
    ],
)
def test_what_cannot_be_measured_on_is_a_sentence(tmp_path, name, said):
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "empty").mkdir()
    write_h5(tmp_path / "bare.h5", x=images(4, 32))
    write_h5(tmp_path / "odd.h5", x=images(4, 32), y=labels(3))
    with pytest.raises(CnnlabError) as caught:
        read_labelled(tmp_path / name, EXPECTED)
    assert said in str(caught.value) and isinstance(caught.value, ConfigError | DataError)
