"""Small files, whatever stands in their place."""

import io
import os
import zipfile

import numpy as np
import pytest

from cnnlab.reading import array_names, read_arrays, read_bytes, read_text


def test_a_file_is_read_whole_but_not_beyond_the_limit(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("déjà")
    assert read_text(path) == "déjà" and read_bytes(path, most=6) == "déjà".encode()
    with pytest.raises(OSError, match="it has more than 5 bytes"):
        read_bytes(path, most=5)
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="utf-8"):
        read_text(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is not an ordinary file") as refused:
        read_bytes(tmp_path / "pipe")
    assert (
        refused.value.errno is not None
    )  # so that the command line takes it for the system's, wherever it is met
    assert read_arrays(tmp_path / "pipe") == {}


def test_arrays_are_read_or_nothing(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(2), y=np.ones(1))
    assert set(read_arrays(path)) == {"x", "y"} and set(read_arrays(path, ["x"])) == {"x"}
    assert read_arrays(path, ["x", "z"]) == {}
    path.write_bytes(path.read_bytes()[:-40])
    assert read_arrays(path) == {} == read_arrays(tmp_path / "none.npz")


def test_giants_and_bombs_are_not_unpacked(tmp_path):
    """A terabyte of nothing, and kilobytes that become gigabytes."""
    giant, bomb = tmp_path / "giant.npz", tmp_path / "bomb.npz"
    with giant.open("wb") as file:
        file.truncate(10**12)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (3 << 30,)}
    )
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as member:
        member.write(header.getvalue() + bytes(100_000))
    raw = bytearray(bomb.read_bytes())
    place = raw.rfind(b"PK\x01\x02") + 24  # the size that the directory gives
    raw[place : place + 4] = (3 << 30).to_bytes(4, "little")
    bomb.write_bytes(raw)
    assert read_arrays(giant) == {} == read_arrays(bomb)


def test_names_of_arrays_are_read_alone(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, label=np.arange(3), groups=np.array(["a", "b", "c"]))
    assert array_names(path) == ("label", "groups")
    path.write_bytes(path.read_bytes()[:-40])
    with (tmp_path / "giant.npz").open("wb") as file:
        file.truncate(10**12)
    damaged = [path, tmp_path / "giant.npz", tmp_path, tmp_path / "none.npz"]
    assert [array_names(each) for each in damaged] == [()] * 4
