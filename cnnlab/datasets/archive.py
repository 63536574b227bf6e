"""Opening a NumPy archive (.npz) without pickle, with an answer a person can use where it is damaged."""

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cnnlab.datasets.damage import looks_like_html
from cnnlab.errors import DataError

_DAMAGE = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)


@contextlib.contextmanager
def open_archive(path: Path, advice: str) -> Iterator[np.lib.npyio.NpzFile]:
    """Yield the archive at `path`; nothing in it is ever unpickled.

    Raises DataError, ending with the sentence `advice`, when it cannot be opened, or when reading one of its
    arrays within the context fails.
    """
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("a single array (.npy)")
            with archive:
                yield archive
    except _DAMAGE as error:
        raise DataError(f"{path} cannot be read: {_reason(path, error)}. {advice}") from None


def _reason(path: Path, error: Exception) -> str:
    """Say in half a sentence what is wrong with the file."""
    if not path.exists():
        return "there is no such file"
    if path.is_dir():
        return "it is a folder, expected a .npz file"
    if isinstance(error, PermissionError):
        return "you may not read it (permissions)"
    if path.stat().st_size == 0:
        return "it is empty"
    if looks_like_html(path):
        return "it is a web page, expected a NumPy archive (.npz)"
    if "pickle" in str(error) and zipfile.is_zipfile(path):
        return "it holds Python objects, expected arrays of numbers alone"
    if zipfile.is_zipfile(path):
        return f"the archive is damaged ({error})"
    return "it is no whole NumPy archive (.npz), or a truncated one"
