"""An HDF5 file with room for images, and its seal."""

import errno
import os

import h5py
import numpy as np
import pytest

from cnnlab.datasets.pictures.sealed_hdf5 import is_sealed, write_frame, write_seal

PIXELS = np.random.default_rng(0).integers(0, 256, (7, 5, 4, 3), dtype=np.uint8)
NAMES = [
    b"a.png",
    "\N{GREEK SMALL LETTER MU}/b.png".encode(),
    b"not \xff text.png",
    *(b"%d" % i for i in range(4)),
]


def test_bytes_written_into_the_frame_are_the_images(tmp_path):
    path = tmp_path / "x.h5"
    offset = write_frame(path, PIXELS.shape, NAMES)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(PIXELS.tobytes())
    write_seal(path, identity="mine", whitened=3)
    with h5py.File(path) as opened:
        np.testing.assert_array_equal(opened["x"], PIXELS)
        assert [*opened["file"]] == NAMES
        attributes = dict(opened["x"].attrs)
    assert (attributes["identity"], attributes["whitened"]) == ("mine", 3)
    assert is_sealed(path.stat(), attributes["written"])
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"x")
    assert not is_sealed(path.stat(), attributes["written"])


def test_a_disk_that_refuses_is_told_in_the_systems_words(tmp_path, monkeypatch):
    with pytest.raises(OSError, match=r"^\[Errno 2\] No such file or directory$"):
        write_frame(tmp_path / "nowhere" / "x.h5", PIXELS.shape, NAMES)
    (tmp_path / "x.h5").write_bytes(b"no HDF5")
    with pytest.raises(OSError, match="signature"):
        write_seal(tmp_path / "x.h5")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "Can't synchronously write data (file write failed: a page of text)")

    monkeypatch.setattr(h5py.Group, "create_dataset", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write_frame(tmp_path / "x.h5", PIXELS.shape, NAMES)
