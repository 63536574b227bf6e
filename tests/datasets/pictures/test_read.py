"""The images of files as a data set has them."""

import errno

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.datasets.pictures import cache as picture_cache
from cnnlab.datasets.pictures import read as reading
from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import DataError
from tests.datasets.many_files import COUNT, copies, leftovers, read, values


def test_a_few_files_are_read_into_memory(files, empty_home):
    assert COUNT * reading.OPENING_BYTES < reading.FEW_BYTES
    Image.new("LA", (4, 5), (0, 0)).save(files[3])
    images, notes = read(files)
    assert isinstance(images, np.ndarray) and not (empty_home / "cache").exists()
    assert notes == ("1 image with transparent pixels, which were laid over white.",)


def test_a_crop_that_is_too_large_is_refused(files):
    with pytest.raises(DataError, match=r"/0\.png is 5x4 gray, so data\.crop can be 4 at most, got 5\."):
        read(files, crop=5)


def full(monkeypatch, home):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 99_000_000}))
    return "its disk has 99 MB free"


def full_meanwhile(monkeypatch, home):
    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(picture_cache, "write_seal", refuse)
    return "No space left on device."


def read_only(monkeypatch, home):
    (home / "cache").write_text("no folder")
    return "Cannot make "


def linked(monkeypatch, home):
    def link(folder, **_):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(home)

    monkeypatch.setattr(picture_cache, "make_folder", link)
    return "it is a link"


@pytest.mark.usefixtures("all_are_many")
@pytest.mark.parametrize("refusal", [full, full_meanwhile, read_only, linked])
def test_images_that_cannot_be_kept_are_read_from_their_files(files, empty_home, monkeypatch, refusal):
    reason = refusal(monkeypatch, empty_home)
    Image.new("LA", (4, 5), (0, 0)).save(files[3])
    images, (transparent, note) = read(files)
    assert transparent.startswith("1 image with transparent pixels")
    assert "are read from their files whenever they are needed" in note and reason in note
    assert values(images) == [0, 1, 2, 255, *range(4, COUNT)] and values(images[5:8]) == [5, 6, 7]
    assert not copies(empty_home) and not leftovers(empty_home)
    files[9].write_bytes(b"")
    with pytest.raises(DataError, match=r"/9\.png cannot be read"):
        read(files)


def folder(path, **parameters):
    checked = dataset.get("folder").parameters.model_validate(
        {"path": ".", **parameters}, context={"directory": path}
    )
    return load_dataset("folder", checked, DataPlaces())


@pytest.mark.parametrize("parameters", [{}, {"crop": 3, "color": "rgb", "test_fraction": 0.5}])
def test_a_folder_is_the_same_from_memory_and_from_the_cache(
    tmp_path, files, empty_home, request, parameters
):
    """Parts, labels, names and the content's hash."""
    for i, file in enumerate(files):
        place = files[0].parent / ("val" if i % 5 == 4 else "train") / "ab"[i % 2]
        place.mkdir(parents=True, exist_ok=True)
        file.rename(place / file.name)
    held = folder(files[0].parent, **parameters)
    request.getfixturevalue("all_are_many")
    for _ in range(2):
        kept = folder(files[0].parent, **parameters)
        assert isinstance(kept.train.images, StoredImages) and kept.content_hash() == held.content_hash()
        for part, split in held.splits().items():
            other = kept.splits()[part]
            np.testing.assert_array_equal(np.asarray(other.images), split.images)
            assert (
                other.names.tolist() == split.names.tolist()
                and other.labels.tolist() == split.labels.tolist()
            )
            assert [int(name.split("/")[-1][:-4]) for name in other.names] == values(other.images)
    assert len(copies(empty_home)) == 1
