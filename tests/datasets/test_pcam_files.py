"""The files of PatchCamelyon: where they lie, and what is read from them."""

import numpy as np
import pytest

from cnnlab.datasets import DataPlaces
from cnnlab.datasets.pcam_files import LAB, ORIGINAL, REMOTE, SIDE, part_images, part_labels
from cnnlab.errors import DataError
from tests.datasets.pcam_files import COUNTS, OFFICIAL, labels, write_h5, write_lab, write_official


def test_names_of_both_ways_to_keep_the_set(tmp_path):
    images, labels = ORIGINAL.files(tmp_path, "valid")
    assert images.name == "camelyonpatch_level_2_split_valid_x.h5"
    assert labels is not None and labels.name == "camelyonpatch_level_2_split_valid_y.h5"
    assert [LAB.files(tmp_path, part)[0].name for part in ("train", "test")] == ["train.h5", "test_x.h5"]
    assert LAB.files(tmp_path, "test")[1] is None


def test_a_packed_file_is_taken_where_no_other_is(tmp_path):
    packed = tmp_path / "train.h5.gz"
    packed.touch()
    assert LAB.files(tmp_path, "train")[0] == packed
    (tmp_path / "train.h5").touch()
    assert LAB.files(tmp_path, "train")[0] == tmp_path / "train.h5"


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


def test_images_and_labels_of_a_part(tmp_path):
    write_lab(tmp_path)
    images = part_images(LAB, tmp_path, "train", crop=None)
    assert images is not None and len(images) == COUNTS["train"]
    np.testing.assert_array_equal(part_labels(LAB, tmp_path, "train", 40), labels(40))
    assert part_labels(LAB, tmp_path, "test", None) is None


def test_test_images_may_be_missing_and_others_may_not(tmp_path):
    assert part_images(LAB, tmp_path, "test") is None and part_labels(LAB, tmp_path, "test", None) is None
    with pytest.raises(DataError, match=r"needs train\.h5, which is missing in .* or add --bundled"):
        part_images(LAB, tmp_path, "train")
    with pytest.raises(DataError, match="Fetch them with 'cnnlab data fetch pcam'"):
        part_labels(ORIGINAL, tmp_path, "train", None)


def test_labels_must_be_as_many_as_images(tmp_path):
    write_official(tmp_path)
    write_h5(tmp_path / f"{OFFICIAL}_valid_y.h5", y=labels(11))
    with pytest.raises(DataError, match=r"y holds 11 labels, and x of .* 12 images, expected as many"):
        part_labels(ORIGINAL, tmp_path, "valid", 12)
