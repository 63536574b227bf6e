"""The images of many files in the user cache."""

import errno
import multiprocessing
import os
import re
import signal
import time

import h5py
import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets import picture_cache, picture_files
from cnnlab.datasets import read_pictures as reading
from cnnlab.datasets.picture_cache import FILE
from cnnlab.datasets.picture_files import file_stamps
from cnnlab.datasets.pictures import decoded
from cnnlab.datasets.read_pictures import read_pictures
from cnnlab.datasets.stored import RawSource, StoredImages
from cnnlab.errors import DataError, RunError

COUNT = 60
FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Keep even a few files in the cache, in blocks of ten."""
    monkeypatch.setattr(reading, "FEW_BYTES", 0)
    monkeypatch.setattr("cnnlab.datasets.stored.BLOCK_BYTES", 10 * 5 * 4)


@pytest.fixture
def files(tmp_path):
    """Gray images, 5 high and 4 wide, whose brightness is their position."""
    paths = [tmp_path / "mine" / f"{i}.png" for i in range(COUNT)]
    paths[0].parent.mkdir()
    for i, path in enumerate(paths):
        Image.new("L", (4, 5), i).save(path, compress_level=0)  # all of one size
    return paths


@pytest.fixture
def decodings(monkeypatch):
    """The files that were decoded, in some order."""
    found = []
    monkeypatch.setattr(
        picture_files, "decoded", lambda file, *how: found.append(file) or decoded(file, *how)
    )
    return found


def read(files, **how):
    return read_pictures(files, files[0].parent, picture_files.PictureReading(**how))


def values(images):
    return np.asarray(images)[:, 0, 0, 0].tolist()


def cached(home):
    """The one file in the cache."""
    [path] = (home / "cache").rglob(FILE)
    return path


def leftovers(home):
    return list((home / "cache").rglob(".*"))


def test_files_are_read_once_and_then_from_one_file(files, empty_home, decodings):
    images, notes = read(files)
    assert isinstance(images, StoredImages) and isinstance(images.source, RawSource) and notes == ()
    assert len(decodings) == COUNT + 1  # the first is looked at beforehand
    del decodings[:]
    again, _ = read(files)
    assert values(images) == values(again) == list(range(COUNT)) and decodings == files[:1]
    assert values(again.take(np.array([7, 3, 50]))) == [7, 3, 50]
    with h5py.File(cached(empty_home)) as opened:
        assert opened["x"].shape == (COUNT, 5, 4, 1) and opened["x"].chunks is None
        assert [name.decode() for name in opened["file"]] == [f"{i}.png" for i in range(COUNT)]
    assert not leftovers(empty_home)


def test_a_few_files_are_read_into_memory(files, empty_home, monkeypatch):
    monkeypatch.setattr(reading, "FEW_BYTES", COUNT * (reading.OPENING_BYTES + 1000))
    Image.new("LA", (4, 5), (0, 0)).save(files[3])
    images, notes = read(files)
    assert isinstance(images, np.ndarray) and not (empty_home / "cache").exists()
    assert notes == ("1 image with transparent pixels, which were laid over white.",)


def test_what_was_changed_is_read_anew(files, empty_home):
    images, _ = read(files)
    before = files[7].stat()
    Image.new("L", (4, 5), 200).save(files[7], compress_level=0)
    assert files[7].stat().st_size == before.st_size
    os.utime(files[7], ns=(before.st_atime_ns, before.st_mtime_ns))  # as a careless copy would
    assert values(read(files)[0])[7] == 200 and values(images)[7] == 7
    assert values(read(files[:5] + files[6:])[0]) == [*range(5), 6, 200, *range(8, COUNT)]
    assert values(read(files[::-1])[0])[:3] == [COUNT - 1, COUNT - 2, COUNT - 3]
    assert read(files, size=(3, 3), color="rgb")[0].shape == (COUNT, 3, 3, 3)
    assert read(files, size=(3, 3), color="rgb", crop=1)[0].shape == (COUNT, 1, 1, 3)
    assert len([*(empty_home / "cache").rglob(FILE)]) == 6


def test_a_crop_that_is_too_large_is_refused(files):
    with pytest.raises(DataError, match=r"/0\.png is 5x4 gray, so data\.crop can be 4 at most, got 5\."):
        read(files, crop=5)


def test_what_is_kept_can_be_listed(files, empty_home):
    assert picture_cache.kept_folders() == {}
    read(files)
    path = cached(empty_home)
    os.utime(path.parent, (86_400 * 7.5, 86_400 * 7.5))
    [(folder, text)] = picture_cache.kept_folders().items()
    assert folder == str(path.parent) and re.fullmatch(r"[0-9.]+ kB, last of use on 1970-01-08", text)
    read(files)
    assert "1970" not in picture_cache.kept_folders()[folder]


def test_notes_are_kept(files):
    Image.new("LA", (4, 5), (0, 0)).save(files[3])
    assert (
        read(files)[1] == read(files)[1] == ("1 image with transparent pixels, which were laid over white.",)
    )


def test_the_first_damaged_file_is_named_and_nothing_is_kept(files, empty_home):
    for damaged in (41, 57):
        files[damaged].write_bytes(b"no image")
    with pytest.raises(DataError, match=r"/41\.png cannot be read"):
        read(files)
    assert [path for path in (empty_home / "cache").rglob("*") if path.is_file()] == []
    Image.new("L", (4, 6)).save(files[41])
    with pytest.raises(DataError, match=r"/41\.png is 6x4 gray and .*/0\.png 5x4 gray, expected all alike"):
        read(files)
    files[5].unlink()
    with pytest.raises(DataError, match=r"/5\.png cannot be read: No such file"):
        read(files)
    os.mkfifo(files[5])
    with pytest.raises(DataError, match=r"/5\.png cannot be read: it is not an ordinary file"):
        read(files)


def test_files_that_change_meanwhile_are_reported(files, empty_home, monkeypatch):
    seal = picture_files.file_stamps

    def stamps(paths):
        found = seal(paths)
        Image.new("L", (4, 5), 99).save(paths[2])
        return found

    monkeypatch.setattr(reading, "file_stamps", stamps)
    with pytest.raises(DataError, match=r"/2\.png was changed while the images were read: start again"):
        read(files)
    assert not [*(empty_home / "cache").rglob(FILE)] and not leftovers(empty_home)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path):
    path.write_bytes(b"")


def overwritten(path):
    with path.open("r+b") as file:
        file.seek(-30, os.SEEK_END)
        file.write(b"x" * 20)


def zeros(path):
    path.write_bytes(bytes(path.stat().st_size))


def of_others(path):
    with h5py.File(path, "r+") as file:
        written = file["x"].attrs["written"]
        file["x"].attrs["identity"] = "0" * 64
    os.utime(path, (written, written))


def other_shape(path):
    with h5py.File(path, "w") as file:
        file["x"] = np.zeros((3, 5, 4, 1), np.uint8)
        file["x"].attrs.update({"identity": "0", "written": [[1]], "whitened": "x"})


def a_link(path):
    path.replace(path.parent.parent.parent / "elsewhere.h5")
    path.symlink_to(path.parent.parent.parent / "elsewhere.h5")


def a_pipe(path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [cut, emptied, overwritten, zeros, of_others, other_shape, a_link, a_pipe])
def test_a_damaged_copy_is_replaced(files, empty_home, damage):
    read(files)
    path = cached(empty_home)
    damage(path)
    elsewhere = [target.read_bytes() for target in (empty_home / "cache").glob("*.h5")]
    images, notes = read(files)
    assert values(images) == list(range(COUNT)) and notes == () and images.source.path == path
    assert path.is_file() and not path.is_symlink()
    assert [target.read_bytes() for target in (empty_home / "cache").glob("*.h5")] == elsewhere


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


@pytest.mark.parametrize("refusal", [full, full_meanwhile, read_only, linked])
def test_images_that_cannot_be_kept_are_read_from_their_files(files, empty_home, monkeypatch, refusal):
    reason = refusal(monkeypatch, empty_home)
    Image.new("LA", (4, 5), (0, 0)).save(files[3])
    images, (transparent, note) = read(files)
    assert transparent.startswith("1 image with transparent pixels")
    assert "are read from their files whenever they are needed" in note and reason in note
    assert values(images) == [0, 1, 2, 255, *range(4, COUNT)] and values(images[5:8]) == [5, 6, 7]
    assert not [*(empty_home / "cache").rglob(FILE)] and not leftovers(empty_home)
    files[9].write_bytes(b"")
    with pytest.raises(DataError, match=r"/9\.png cannot be read"):
        read(files)


def test_a_killed_writer_leaves_nothing_that_is_taken_for_whole(files, empty_home, monkeypatch):
    def write_and_wait():
        monkeypatch.setattr(picture_cache, "write_seal", lambda *_, **__: time.sleep(60))
        read(files)

    writer = FORK.Process(target=write_and_wait)
    writer.start()
    deadline = time.monotonic() + 30
    while not any(path.stat().st_size > COUNT * 20 for path in leftovers(empty_home)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    assert leftovers(empty_home)
    assert values(read(files)[0]) == list(range(COUNT)) and not leftovers(empty_home)


def test_one_process_writes_and_others_wait_for_it(files, empty_home, monkeypatch, capfd):
    passes = FORK.Value("i", 0)
    frame = picture_cache.write_frame

    def slow(*arguments):
        with passes:
            passes.value += 1
        time.sleep(0.3)
        return frame(*arguments)

    monkeypatch.setattr(picture_cache, "write_frame", slow)
    readers = [
        FORK.Process(target=lambda: values(read(files)[0]) == [*range(COUNT)] or os._exit(1)) for _ in "abc"
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert [reader.exitcode for reader in readers] == [0, 0, 0] and passes.value == 1
    assert capfd.readouterr().err.count("Waiting for another process that reads the images of ") == 2


def test_two_that_cannot_wait_for_one_another_write_the_same(files, empty_home, monkeypatch):
    monkeypatch.setattr(picture_cache, "_held", lambda *_: False)
    readers = [
        FORK.Process(target=lambda: values(read(files)[0]) == [*range(COUNT)] or os._exit(1)) for _ in "abc"
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert [reader.exitcode for reader in readers] == [0, 0, 0] and not leftovers(empty_home)


def test_stamps_see_a_file_that_took_the_place_of_another(files):
    before = file_stamps(files)
    other = files[0].with_name("other.png")
    other.write_bytes(files[1].read_bytes())
    old = files[1].stat()
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.replace(files[1])
    assert (file_stamps(files) != before).any(axis=1).tolist() == [False, True, *[False] * (COUNT - 2)]


def test_a_copy_that_does_not_come_back_is_an_error(files, empty_home, monkeypatch):
    source = picture_files.PictureFiles(files, (5, 4, 1), picture_files.PictureReading(), reading._refusal)
    monkeypatch.setattr(picture_cache, "write_seal", lambda *_, **__: None)
    with pytest.raises(RunError, match="does not come back as it was written"):
        picture_cache.kept_pictures(source, files[0].parent, file_stamps(files))
