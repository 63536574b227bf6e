"""Large files written once: unpacked, or uncompressed."""

import gzip

import numpy as np
import pytest

from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.unpack import gigabytes, unpacked, unpacked_size
from cnnlab.errors import DataError
from tests.datasets.layouts import LAYOUTS, PIXELS
from tests.datasets.pcam.test_loaders import check_content, load
from tests.datasets.pcam_files import OFFICIAL, write_h5, write_official


def test_a_copy_on_disk_is_made_once_and_anew_when_the_file_changes(tmp_path, empty_home):
    layout = LAYOUTS["compressed"][0]
    path = write_h5(tmp_path / "x.h5", layout, x=PIXELS)
    first = stored_images(path, None, 32).seekable().source.path
    assert first.is_relative_to(empty_home / "cache")
    written = first.stat().st_mtime_ns
    assert stored_images(path, None, 32).seekable().source.path == first
    assert first.stat().st_mtime_ns == written
    assert stored_images(path, 32, 32).seekable().source.path != first
    write_h5(path, layout, x=255 - PIXELS)
    np.testing.assert_array_equal(stored_images(path, None, 32).seekable()[:], 255 - PIXELS)
    assert not list(first.parent.glob(".*"))


def test_a_copy_on_disk_needs_room(tmp_path, empty_home, monkeypatch):
    path = write_h5(tmp_path / "x.h5", LAYOUTS["compressed"][0], x=PIXELS)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 99_000_000}))
    with pytest.raises(
        DataError, match=r"x\.h5 uncompressed.* needs 199 kB in .*unpacked, .* has 99 MB free"
    ):
        stored_images(path, None, 32).seekable()


def test_a_packed_file_is_unpacked_once_beside_itself(tmp_path):
    write_official(tmp_path, packed=True)
    load("pcam", tmp_path)
    path = tmp_path / f"{OFFICIAL}_train_x.h5"
    written = path.stat().st_mtime_ns
    load("pcam", tmp_path)
    assert path.stat().st_mtime_ns == written
    assert not list(tmp_path.glob(".*"))


def test_unpacking_where_nothing_can_be_written_goes_to_the_cache(tmp_path, empty_home, monkeypatch):
    write_official(tmp_path, packed=True)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    check_content(load("pcam", tmp_path), 48)
    assert not list(tmp_path.glob("*.h5"))
    assert len(list((empty_home / "cache").rglob("*.h5"))) == 6


def test_unpacking_needs_room(tmp_path, monkeypatch):
    write_official(tmp_path, packed=True)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 99_000_000}))
    with pytest.raises(
        DataError, match=r"Unpacking camelyon\S+_train_x.h5.gz needs 27\d kB in .* has 99 MB free"
    ):
        load("pcam", tmp_path)


def test_a_damaged_or_truncated_file_leaves_nothing_behind(tmp_path):
    packed = tmp_path / "a.h5.gz"
    whole = gzip.compress(bytes(range(256)) * 40)
    for content, said in (
        (whole[:-20], "is truncated"),
        (b"no gzip", "not a gzip file"),
        (whole[:30] + b"?" * 60, "damaged"),
    ):
        packed.write_bytes(content)
        with pytest.raises(DataError, match=said):
            unpacked(packed)
        assert [path.name for path in tmp_path.iterdir()] == ["a.h5.gz"]
    packed.write_bytes(whole)
    assert unpacked_size(packed) == 10_240
    assert unpacked(packed).read_bytes() == bytes(range(256)) * 40


def test_sizes_for_people():
    assert [gigabytes(count) for count in (999, 21_378, 6_421_353_462)] == ["999 bytes", "21.4 kB", "6.42 GB"]
