"""Opening a NumPy archive (.npz) without pickle, with an answer a person can use where it is damaged."""

import contextlib
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from cnnlab.datasets.damage import looks_like_html
from cnnlab.datasets.unpack import gigabytes
from cnnlab.errors import DataError, shown
from cnnlab.reading import DAMAGED_ARCHIVE


@contextlib.contextmanager
def open_archive(path: Path, advice: str) -> Iterator[np.lib.npyio.NpzFile]:
    """Yield the archive at `path`; nothing in it is ever unpickled.

    Raises DataError, ending with the sentence `advice`, when it cannot be opened, or when reading one of its
    arrays within the context fails.
    """
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise OSError
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("a single array (.npy)")
            with archive:
                _require_memory(archive)
                _require_true_headers(archive)
                yield archive
    except DAMAGED_ARCHIVE as error:
        raise DataError(f"{path} cannot be read: {_reason(path, error)}. {advice}") from None


def _require_memory(archive: np.lib.npyio.NpzFile) -> None:
    """Raise MemoryError where the arrays, unpacked, are larger than this machine's memory."""
    assert archive.zip is not None
    needed = sum(entry.file_size for entry in archive.zip.infolist())
    memory = psutil.virtual_memory().total
    if needed > memory:
        raise MemoryError(f"its arrays take {gigabytes(needed)}, and this machine has {gigabytes(memory)}")


def array_shapes(archive: np.lib.npyio.NpzFile) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    """Shape and dtype of each array in an open archive, as its header says; no array is read.

    Raises ValueError for a header that makes no sense.
    """
    assert archive.zip is not None
    found = {}
    for entry in archive.zip.infolist():
        if entry.filename.endswith(".npy"):
            with archive.zip.open(entry) as file:
                shape, _, dtype = _HEADERS[np.lib.format.read_magic(file)](file)
            found[entry.filename.removesuffix(".npy")] = (shape, dtype)
    return found


_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def _require_true_headers(archive: np.lib.npyio.NpzFile) -> None:
    """Raise ValueError where an array's header claims more than the archive holds: NumPy would make room for it."""
    assert archive.zip is not None
    sizes = {entry.filename: entry.file_size for entry in archive.zip.infolist()}
    for name, (shape, dtype) in array_shapes(archive).items():
        if not dtype.hasobject and math.prod(shape) * dtype.itemsize > sizes[f"{name}.npy"]:
            raise ValueError(f"{shown(name)} claims the shape {shown(shape)}, and the file ends before")


def _reason(path: Path, error: Exception) -> str:
    """Say in half a sentence what is wrong with the file."""
    if not path.exists():
        return "there is no such file"
    if path.is_dir():
        return "it is a folder, expected a .npz file"
    if not path.is_file():
        return "it is not an ordinary file"
    if isinstance(error, PermissionError):
        return "you may not read it (permissions)"
    if path.stat().st_size == 0:
        return "it is empty"
    if looks_like_html(path):
        return "it is a web page, expected a NumPy archive (.npz)"
    if "pickle" in str(error) and zipfile.is_zipfile(path):
        return "it holds Python objects, expected arrays of numbers alone"
    if isinstance(error, MemoryError):
        return f"it does not fit into the memory ({error})"
    if "password required" in str(error):
        return "it is encrypted"
    if zipfile.is_zipfile(path):
        return f"the archive is damaged ({shown(error, 200)})"
    return "it is not a NumPy archive (.npz), or a truncated one"
