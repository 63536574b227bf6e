"""Reading the small files of a run folder, whatever stands in their place."""

import errno
import lzma
import os
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

MOST_BYTES = 100_000_000
MOST_UNPACKED_BYTES = 2_000_000_000

DAMAGED_ARCHIVE = (
    *(OSError, ValueError, EOFError, RuntimeError, TypeError, AttributeError, KeyError, IndexError),
    *(OverflowError, MemoryError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(SyntaxError, tokenize.TokenError),  # NumPy parses the header of an array as Python's literals
)
"""Whatever zipfile and NumPy raise where the bytes of an archive make no sense."""


def read_bytes(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """Return the content of a file.

    Raises OSError where it cannot be read, where it is not an ordinary file (reading a pipe would wait for ever)
    and where it has more than `most` bytes.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor, no path)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file", os.fspath(path))
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", os.fspath(path))
        return file.read()


def read_text(path: str | os.PathLike[str], most: int = MOST_BYTES) -> str:
    """Return the text of a UTF-8 file; raises OSError as `read_bytes` does, ValueError where it is not UTF-8."""
    return read_bytes(path, most).decode("utf-8")


def mapping(value: Any) -> dict[str, Any]:
    """Return a map as it is, and an empty one for anything else that may stand in its place."""
    return value if isinstance(value, dict) else {}


def read_arrays(path: str | os.PathLike[str], names: Sequence[str] = ()) -> "dict[str, np.ndarray]":
    """Return the arrays of an .npz file, all or those of `names`; nothing where one is missing, damaged or a giant.

    Nothing is ever unpickled.
    """
    import numpy as np

    try:
        found = os.stat(path)  # noqa: PTH116
        # a pipe would make reading wait for ever
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_UNPACKED_BYTES:
            return {}
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:  # noqa: PTH123
            if sum(entry.file_size for entry in archive.zip.infolist()) > MOST_UNPACKED_BYTES:
                return {}
            return {name: archive[name] for name in names or archive.files}
    except DAMAGED_ARCHIVE:
        return {}


def array_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the names of the arrays of an .npz file, reading none of them; nothing where it is missing or damaged."""
    try:
        found = os.stat(path)  # noqa: PTH116
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_UNPACKED_BYTES:
            return ()
        with zipfile.ZipFile(path) as archive:
            return tuple(name.removesuffix(".npy") for name in archive.namelist())
    except DAMAGED_ARCHIVE:
        return ()
