"""The images of many files in the user cache."""

import multiprocessing
import os
import re
import signal
import time

import h5py
import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.pictures import cache as picture_cache
from cnnlab.datasets.pictures import files as picture_files
from cnnlab.datasets.pictures import read as reading
from cnnlab.datasets.pictures.files import file_stamps
from cnnlab.datasets.pictures.picture import decoded
from cnnlab.datasets.stored import RawSource, StoredImages
from cnnlab.errors import DataError, RunError
from tests.datasets.many_files import COUNT, copies, leftovers, read, values

FORK = multiprocessing.get_context("fork")

pytestmark = pytest.mark.usefixtures("all_are_many")


@pytest.fixture
def decodings(monkeypatch):
    """The files that were decoded, in some order."""
    found = []
    monkeypatch.setattr(
        picture_files, "decoded", lambda file, *how: found.append(file) or decoded(file, *how)
    )
    return found


def test_files_are_read_once_and_then_from_one_file(files, empty_home, decodings):
    images, notes = read(files)
    assert isinstance(images, StoredImages) and isinstance(images.source, RawSource) and notes == ()
    assert len(decodings) == COUNT + 1  # the first is looked at beforehand
    del decodings[:]
    again, _ = read(files)
    assert values(images) == values(again) == list(range(COUNT)) and decodings == files[:1]
    assert values(again.take(np.array([7, 3, 50]))) == [7, 3, 50]
    with h5py.File(copies(empty_home)[0]) as opened:
        assert opened["x"].shape == (COUNT, 5, 4, 1) and opened["x"].chunks is None
        assert [name.decode() for name in opened["file"]] == [f"{i}.png" for i in range(COUNT)]
    assert not leftovers(empty_home)


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
    assert len(copies(empty_home)) == 6


def test_what_is_kept_can_be_listed(files, empty_home):
    assert picture_cache.kept_folders() == {}
    read(files)
    [path] = copies(empty_home)
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
    assert not copies(empty_home) and not leftovers(empty_home)


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
    [path] = copies(empty_home)
    damage(path)
    elsewhere = [target.read_bytes() for target in (empty_home / "cache").glob("*.h5")]
    images, notes = read(files)
    assert values(images) == list(range(COUNT)) and notes == () and images.source.path == path
    assert path.is_file() and not path.is_symlink()
    assert [target.read_bytes() for target in (empty_home / "cache").glob("*.h5")] == elsewhere


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
