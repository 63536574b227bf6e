"""PatchCamelyon from the files that people have."""

import numpy as np
import pytest

from cnnlab.datasets import DataPlaces, data_places, dataset, dataset_info, load_dataset
from cnnlab.errors import DataError
from tests.datasets.pcam_files import (
    COUNTS,
    OFFICIAL,
    Y_SHAPES,
    images,
    labels,
    pack,
    write_h5,
    write_lab,
    write_official,
)


def load(name, folder, **parameters):
    return load_dataset(name, dataset.get(name).parameters(**parameters), DataPlaces(folder))


def check_content(loaded, side, crop=None, test_labels=True):
    """What the writers wrote is what is read."""
    start = (side - (crop or side)) // 2
    square = slice(start, start + (crop or side))
    for seed, (part, split) in enumerate(
        zip(COUNTS, (loaded.train, loaded.validation, loaded.test), strict=True)
    ):
        expected = images(COUNTS[part], side, seed)[:, square, square]
        np.testing.assert_array_equal(split.images[:], expected)
        if part != "test" or test_labels:
            np.testing.assert_array_equal(split.labels, labels(COUNTS[part]))
            assert split.labels.dtype == np.int64
        else:
            assert split.labels is None
    assert loaded.info.class_names == ("normal", "tumour")


@pytest.mark.parametrize("y_shape", Y_SHAPES, ids=str)
@pytest.mark.parametrize("test_labels", [False, True])
def test_the_labs_files(tmp_path, y_shape, test_labels):
    write_lab(tmp_path, y_shape=y_shape, test_labels=test_labels)
    check_content(load("pcam_lab", tmp_path), 32, test_labels=test_labels)


@pytest.mark.parametrize("y_shape", Y_SHAPES, ids=str)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("test_labels", [False, True])
def test_the_original_files(tmp_path, y_shape, packed, test_labels):
    write_official(tmp_path, y_shape=y_shape, packed=packed, test_labels=test_labels)
    check_content(load("pcam", tmp_path), 48, test_labels=test_labels)


@pytest.mark.parametrize("layout", [None, {"chunks": (5, 48, 48, 3)}, {"compression": "gzip"}], ids=str)
def test_a_crop_keeps_the_centre(tmp_path, layout):
    write_official(tmp_path, layout=layout)
    loaded = load("pcam", tmp_path, crop=32)
    check_content(loaded, 48, crop=32)
    assert loaded.info.image_shape == (32, 32, 3) and loaded.title == "PatchCamelyon, central 32x32"


@pytest.mark.parametrize(("name", "write"), [("pcam", write_official), ("pcam_lab", write_lab)])
def test_the_folder_itself_comes_before_its_subfolders(tmp_path, name, write):
    for place in (tmp_path / name, tmp_path):
        write(place)
        assert load(name, tmp_path).source == str(place)
        assert str(dataset.get(name).traits["find"](DataPlaces(tmp_path))) == str(place)


def test_the_labs_files_may_lie_under_pcam(tmp_path):
    assert load("pcam_lab", write_lab(tmp_path / "pcam").parent).source == str(tmp_path / "pcam")


@pytest.mark.parametrize("side", [32, 33, 64])
def test_any_size_and_number_is_taken_and_other_numbers_are_noted(tmp_path, side):
    loaded = load("pcam_lab", write_lab(tmp_path, side=side))
    assert loaded.info.image_shape == (side, side, 3)
    assert loaded.notes[0] == "The train part has 40 images, not the 100,000 of the published set."


def test_the_shape_is_known_without_the_files_and_from_them(tmp_path):
    def shape(name, **parameters):
        return dataset_info(
            name, dataset.get(name).parameters(**parameters), data_places(tmp_path)
        ).image_shape

    assert shape("pcam") == (96, 96, 3) and shape("pcam", crop=40) == (40, 40, 3)
    assert shape("pcam_lab") == (32, 32, 3)
    write_official(tmp_path)
    assert shape("pcam") == (48, 48, 3)


@pytest.mark.parametrize(
    ("name", "write", "missing"),
    [
        ("pcam", write_official, f"{OFFICIAL}_train_x.h5"),
        ("pcam", write_official, f"{OFFICIAL}_valid_y.h5"),
        ("pcam_lab", write_lab, "train.h5"),
        ("pcam_lab", write_lab, "valid.h5"),
    ],
)
def test_a_missing_file_is_named(tmp_path, name, write, missing):
    write(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(DataError, match=f"'{name}' needs {missing}, which is missing in {tmp_path}"):
        load(name, tmp_path)


def test_without_test_images_there_is_no_test_part(tmp_path):
    write_official(tmp_path)
    for letter in "xy":
        (tmp_path / f"{OFFICIAL}_test_{letter}.h5").unlink()
    assert load("pcam", tmp_path).test is None


def test_where_nothing_is_found_it_says_where_was_looked_and_what_to_do(tmp_path):
    with pytest.raises(
        DataError, match=rf"in none of {tmp_path}, {tmp_path}/pcam, .*cnnlab data fetch pcam.*--bundled"
    ):
        load("pcam", tmp_path)
    with pytest.raises(DataError, match=r"nowhere .* does not exist"):
        load("pcam_lab", tmp_path / "nowhere")
    (tmp_path / "train.h5").write_bytes(b"x")
    with pytest.raises(DataError, match="is a file, expected the folder"):
        load("pcam_lab", tmp_path / "train.h5")


def test_a_crop_larger_than_the_images_and_parts_of_two_sizes_are_refused(tmp_path):
    write_lab(tmp_path)
    with pytest.raises(DataError, match=r"images are 32x32, so data.crop can be 32 at most, got 40"):
        load("pcam_lab", tmp_path, crop=40)
    write_h5(tmp_path / "valid.h5", x=images(12, 36), y=labels(12))
    with pytest.raises(DataError, match="the valid images are 36 pixels wide and those of train 32"):
        load("pcam_lab", tmp_path)
    assert load("pcam_lab", tmp_path, crop=32).validation.images.shape == (12, 32, 32, 3)


def test_an_unpacked_file_comes_before_a_packed_one(tmp_path):
    write_official(tmp_path)
    pack(write_h5(tmp_path / "other.h5", x=images(40, 48, 9))).rename(tmp_path / f"{OFFICIAL}_train_x.h5.gz")
    check_content(load("pcam", tmp_path), 48)
