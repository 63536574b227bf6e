"""The files of PatchCamelyon: where they lie, and what is read from them."""

import numpy as np
import pytest

from cnnlab.datasets import DataPlaces
from cnnlab.datasets.pcam.files import LAB, ORIGINAL, REMOTE, SIDE, part_groups, part_images, part_labels
from cnnlab.datasets.pcam.search import PLAIN, ZENODO, PcamFiles
from cnnlab.errors import DataError
from tests.datasets.pcam_files import COUNTS, OFFICIAL, labels, write_h5, write_lab, write_official


def test_the_folder_is_the_first_that_holds_any_of_the_files(tmp_path):
    assert LAB.folder(DataPlaces(tmp_path)) is None
    (tmp_path / "pcam").mkdir()
    (tmp_path / "pcam" / "valid.h5").touch()
    assert LAB.folder(DataPlaces(tmp_path)) == tmp_path / "pcam"
    with pytest.raises(DataError, match=r"valid\.h5 \(from --data-dir\) is a file, expected the folder"):
        LAB.folder(DataPlaces(tmp_path / "pcam" / "valid.h5"))


def test_published_files_have_room_for_their_images():
    for part, (of_images, of_labels) in REMOTE.items():
        assert of_images.filename.endswith(f"{part}_x.h5.gz") and of_labels.filename.endswith(
            f"{part}_y.h5.gz"
        )
        assert (
            of_images.unpacked_size > ORIGINAL.counts[part] * SIDE * SIDE * 3 and len(of_images.sha256) == 64
        )


def found(layout, folder):
    return layout.find(DataPlaces(folder))


def test_images_and_labels_of_a_part(tmp_path):
    files = found(LAB, write_lab(tmp_path))
    images = part_images(files, "train")
    assert images is not None and len(images) == COUNTS["train"]
    np.testing.assert_array_equal(part_labels(files, "train", 40), labels(40))
    assert part_labels(files, "test", None) is None and part_groups(files, "train", 40) is None


def test_test_images_may_be_missing_and_others_may_not(tmp_path):
    for layout, edition, way in [
        (LAB, PLAIN, "Name their folder"),
        (ORIGINAL, ZENODO, "cnnlab data fetch pcam"),
    ]:
        files = PcamFiles(tmp_path, edition, {}, dataset=layout.dataset)
        assert part_images(files, "test") is None and part_labels(files, "test", None) is None
        with pytest.raises(DataError, match=rf"train.*\.h5, which is missing in .*{way}.* or add --bundled"):
            part_images(files, "train")
    with pytest.raises(DataError, match=f"needs {OFFICIAL}_train_y.h5, which is missing"):
        part_labels(files, "train", None)


def test_labels_must_be_as_many_as_images(tmp_path):
    write_official(tmp_path)
    write_h5(tmp_path / f"{OFFICIAL}_valid_y.h5", y=labels(11))
    with pytest.raises(DataError, match=r"valid_y.h5 holds 11 labels, and .* 12 images, expected as many"):
        part_labels(found(ORIGINAL, tmp_path), "valid", 12)


def test_labels_in_two_files_are_refused(tmp_path):
    write_lab(tmp_path)
    write_h5(tmp_path / "train_y.h5", y=labels(40))
    with pytest.raises(DataError, match=r"train.h5 and .*train_y.h5 both hold labels of the train part"):
        part_labels(found(LAB, tmp_path), "train", 40)
