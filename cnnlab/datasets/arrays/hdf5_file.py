"""Opening an HDF5 file, and one of its arrays: checked before anything of it is read."""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from cnnlab.datasets.arrays.spellings import array_of, usual
from cnnlab.datasets.damage import GZIP, starts_with, wrong_kind
from cnnlab.datasets.unpack import gigabytes
from cnnlab.errors import DataError, first_few, shown

MOST_IMAGES = (
    100_000_000  # a file that claims more is damaged, and would fill the memory with positions alone
)
UNCHECKED_BYTES = 100_000_000  # arrays of no more may be sparse
MOST_COMPRESSION = 1100  # a little more than gzip's largest factor
MOST_CHUNK_BYTES = 1 << 29
COPY = "copy the data into it, as with h5repack or with h5py"
MOST_KEYS = 10_000  # of a file; their names are read to find the arrays
MOST_NAMED = 10
# Whatever h5py raises where the bytes of a file make no sense.
_DAMAGE = (
    *(OSError, RuntimeError, ValueError, TypeError),
    *(KeyError, IndexError, OverflowError, MemoryError),
)


@contextlib.contextmanager
def open_hdf5(path: Path) -> Iterator[Any]:
    """Yield the open `h5py.File`; raises DataError, saying what is wrong, where it cannot be read."""
    import h5py

    reason = wrong_kind(path)
    if reason is not None:
        raise DataError(f"{path} cannot be read: {reason}.")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except _DAMAGE as error:
        raise DataError(f"{path} cannot be read: {_reason(path, str(error))}.") from None


def _reason(path: Path, text: str) -> str:
    if "truncated" in text:
        return f"it is truncated ({path.stat().st_size:,} bytes are there, more are missing)"
    if starts_with(path, GZIP):
        return "it is packed by gzip, though its name does not end in .gz (rename it)"
    if "signature not found" in text:
        return "it is not an HDF5 file"
    return f"it is damaged ({shown(' '.join(text.split()) or 'it makes no sense', 200)})"


Choose = Callable[[str, Iterable[str]], str | None]
"""Says which of a file's keys is meant, given what to call the file, and all its keys; None where none is."""


def find_array(path: Path, file: Any, kind: str, choose: Choose) -> Any | None:
    """Return the open `h5py.Dataset` of images, labels or groups; None where `choose` finds no key for it.

    Raises DataError where it is no array or not in this file, and where it claims more than any file has.
    """
    if len(file) > MOST_KEYS:
        raise DataError(f"{path} has {len(file):,} keys, expected at most {MOST_KEYS:,}: it is damaged.")
    key = choose(str(path), file)
    return None if key is None else _array(path, file, key, kind)


def of_part(kind: str, part: str | None) -> Choose:
    """Chooses the array of a kind in a file that holds one part."""
    return partial(array_of, kind=kind, part=part)


def no_array(path: Path, file: Any, kind: str) -> DataError:
    """What is raised where a file has no array of a kind."""
    keys = first_few([shown(name) for name in file], MOST_NAMED) or "nothing"
    return DataError(
        f"{path} has no array of {kind} (it has {keys}), expected under a key such as {usual(kind)}: rename it."
    )


def _array(path: Path, file: Any, key: str, kind: str) -> Any:
    import h5py

    link = file.get(key, getlink=True)
    if isinstance(link, h5py.SoftLink | h5py.ExternalLink):
        to = f"{link.filename}: {link.path}" if isinstance(link, h5py.ExternalLink) else link.path
        raise DataError(f"{path}: {key} is a link to {shown(to, 200)}, expected an array: {COPY}.")
    found = file.get(key)
    if not isinstance(found, h5py.Dataset):
        raise no_array(path, file, kind)
    _require_own_data(path, key, found)
    if found.size is None or (found.shape and found.shape[0] > MOST_IMAGES):
        raise DataError(
            f"{path}: {key} claims the shape {found.shape}, expected at most {MOST_IMAGES:,} images: it is damaged."
        )
    return found


def key_of(array: Any) -> str:
    """The key of an open `h5py.Dataset` at the top of its file, as messages call it."""
    return shown(str(array.name).removeprefix("/"))


def _require_own_data(path: Path, key: str, array: Any) -> None:
    """Raise DataError where an array lies in other files, which the file may name at will."""
    if array.external:
        names = ", ".join(shown(name, 200) for name, _, _ in array.external[:3])
        raise DataError(f"{path}: {key} lies in other files ({names}), which are not read: {COPY}.")
    if array.is_virtual:
        names = ", ".join(shown(source.file_name, 200) for source in array.virtual_sources()[:3])
        raise DataError(
            f"{path}: {key} is put together from other files ({names}), which are not read: {COPY}."
        )


def require_storage(path: Path, key: str, array: Any) -> None:
    """Raise DataError where an array claims far more than any compression leaves in the file, or has giant chunks."""
    size = math.prod(array.shape) * array.dtype.itemsize
    stored = array.id.get_storage_size()
    if size > UNCHECKED_BYTES and size > MOST_COMPRESSION * stored:
        raise DataError(
            f"{path}: {key} claims the shape {array.shape}, {gigabytes(size)}, and {gigabytes(stored)} of it are "
            "there: it is damaged, or was never written to the end."
        )
    chunk = math.prod(array.chunks or (0,)) * array.dtype.itemsize
    if chunk > MOST_CHUNK_BYTES:
        raise DataError(
            f"{path}: {key} is stored in chunks of {gigabytes(chunk)}, which are read whole; expected at most "
            f"{gigabytes(MOST_CHUNK_BYTES)}: write it with smaller chunks."
        )
