"""NumPy archives are opened without pickle, or refused in a sentence."""

import numpy as np
import psutil
import pytest

from cnnlab.datasets.arrays.archive import open_archive
from cnnlab.errors import DataError


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(3))
    return path


def test_arrays_are_read(archive):
    with open_archive(archive, "") as arrays:
        assert arrays["x"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><p>Log in", "it is a web page, expected a NumPy archive (.npz)"),
        (b"PK no zip", "it is not a NumPy archive (.npz), or a truncated one"),
        (None, "there is no such file"),
    ],
)
def test_what_is_no_archive_is_said_with_the_advice(archive, content, said):
    archive.unlink() if content is None else archive.write_bytes(content)
    with pytest.raises(DataError) as caught, open_archive(archive, "Fetch it anew."):
        pass
    assert str(caught.value) == f"{archive} cannot be read: {said}. Fetch it anew."


def test_objects_are_not_unpickled(tmp_path):
    np.savez(tmp_path / "o.npz", x=np.array([{"a": 1}], dtype=object))
    with (
        pytest.raises(DataError, match="it holds Python objects"),
        open_archive(tmp_path / "o.npz", "") as arrays,
    ):
        arrays["x"]


def test_arrays_larger_than_the_memory_are_refused(archive, monkeypatch):
    few = psutil.virtual_memory()._replace(total=100)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: few)
    with (
        pytest.raises(DataError, match="take 152 bytes, and this machine has 100 bytes"),
        open_archive(archive, ""),
    ):
        pass
