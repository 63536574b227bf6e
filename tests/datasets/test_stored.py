"""Images that stay in their file: the same as in memory, in any order, from every layout."""

import numpy as np
import pytest

from cnnlab.datasets import Dataset, DatasetInfo, Split, draw_split
from cnnlab.datasets.hdf5 import ChunkedSource, stored_images
from cnnlab.datasets.memory import prepare_streaming, within_budget
from cnnlab.datasets.stored import RawSource, StoredImages
from cnnlab.errors import DataError
from tests.datasets.pcam_files import images, labels, write_h5

COUNT, SIDE = 61, 33
PIXELS = images(COUNT, SIDE)
LAYOUTS = {
    "contiguous": (None, RawSource),
    "chunks": ({"chunks": (8, SIDE, SIDE, 3)}, RawSource),
    "one image each": ({"chunks": (1, SIDE, SIDE, 3)}, RawSource),
    "compressed": ({"chunks": (8, SIDE, SIDE, 3), "compression": "gzip"}, ChunkedSource),
    "automatic": ({"compression": "lzf"}, ChunkedSource),
    "tiles": ({"chunks": (7, 16, 16, 3)}, ChunkedSource),
}
INFO = DatasetInfo((SIDE, SIDE, 3), ("a", "b"))


@pytest.fixture(params=LAYOUTS, ids=str)
def layout(request):
    return LAYOUTS[request.param]


@pytest.fixture
def path(tmp_path, layout):
    return write_h5(tmp_path / "x.h5", layout[0], x=PIXELS)


def data_set(pixels) -> Dataset:
    split = Split(pixels, labels(COUNT).astype(np.int64))
    return Dataset("d", "D", INFO, split, None, split, source="")


def test_they_look_and_read_like_an_array(path, layout):
    stored = stored_images(path, None, 32)
    assert type(stored.source) is layout[1]
    assert (stored.shape, stored.dtype, stored.nbytes, len(stored)) == (
        PIXELS.shape,
        np.uint8,
        PIXELS.nbytes,
        COUNT,
    )
    for key in (3, -1, slice(5, 40, 3), slice(0, 0), np.array([60, 0, 60, 8, 7])):
        np.testing.assert_array_equal(stored[key], PIXELS[key])
    np.testing.assert_array_equal(np.asarray(stored), PIXELS)
    np.testing.assert_array_equal(np.concatenate(list(stored.blocks())), PIXELS)
    assert np.asarray(stored, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("crop", [32, 33])
def test_a_crop_is_the_centre(path, crop):
    stored = stored_images(path, crop, 32)
    np.testing.assert_array_equal(stored[:], PIXELS[:, :crop, :crop])
    np.testing.assert_array_equal(stored.seekable()[[9, 2]], PIXELS[[9, 2], :crop, :crop])


def test_a_part_is_a_view_that_reads_nothing(path):
    stored = stored_images(path, None, 32)
    path.unlink()
    order = np.random.default_rng(0).permutation(COUNT)
    part = stored.take(order).take(np.arange(5))
    assert part.shape == (5, SIDE, SIDE, 3)
    with pytest.raises(DataError, match=r"x\.h5 cannot be read"):
        part[0]


def test_a_permuted_part_is_the_same_in_memory_and_from_a_seekable_file(path, empty_home):
    order = np.random.default_rng(0).permutation(COUNT)[:50]
    part = stored_images(path, None, 32).take(order)
    for form in (np.asarray(part), part[:], part.seekable()[:], part.seekable().seekable()[:]):
        np.testing.assert_array_equal(form, PIXELS[order])
    assert isinstance(part.seekable().source, RawSource)


def test_the_hash_does_not_depend_on_where_the_images_are(path):
    assert data_set(stored_images(path, None, 32)).content_hash() == data_set(PIXELS).content_hash()


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


@pytest.mark.parametrize(("budget", "expected"), [(0, ()), (0.15, ("train",)), (0.16, ("train",)), (9, None)])
def test_the_budget_decides_what_is_kept_in_memory(path, budget, expected):
    splits = draw_split(
        data_set(stored_images(path, None, 32)),
        train_size=45,
        validation_fraction=0.1,
        rng=np.random.default_rng(1),
    )
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    prepare_streaming(parts, budget)
    kept = within_budget(parts, budget)
    held = {name for name, split in kept.items() if isinstance(split.images, np.ndarray)}
    assert held == set(parts if expected is None else expected)
    for name, split in kept.items():
        np.testing.assert_array_equal(split.images[:], PIXELS[split.indices])
        assert split.labels is parts[name].labels
        assert isinstance(split.images, np.ndarray) or isinstance(split.images.source, RawSource)


def test_what_is_in_memory_already_is_left_alone():
    split = Split(PIXELS, None)
    assert within_budget({"train": split, "test": None}, 0) == {"train": split, "test": None}


def test_a_file_that_ends_early_is_said_to(tmp_path):
    path = write_h5(tmp_path / "x.h5", x=PIXELS)
    stored = stored_images(path, None, 32)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 10)
    assert stored[0].shape == (SIDE, SIDE, 3)
    with pytest.raises(DataError, match="ends before its image 60: it is truncated"):
        stored[:]


def test_chunks_never_written_are_zeros(tmp_path):
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", (20, 32, 32, 3), np.uint8, chunks=(4, 32, 32, 3))[4:8] = 7
    stored = stored_images(tmp_path / "x.h5", None, 32)
    assert isinstance(stored, StoredImages) and stored[:].sum() == 7 * 4 * 32 * 32 * 3
