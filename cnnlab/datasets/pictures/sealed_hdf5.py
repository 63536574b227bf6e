"""An HDF5 file for images that are written as plain bytes, with a seal that says what they are, and that all are there.

The seal is two things in one: attributes of the images, among them a time, and this time as the file's time of change,
which whoever writes to the file later changes.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECOND = 1_000_000_000  # nanoseconds


def write_frame(path: Path, shape: tuple[int, ...], names: list[bytes]) -> int:
    """Write an HDF5 file that has room for the images, in one piece, and their names; return where the first begins."""
    import h5py

    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.CONTIGUOUS)
    layout.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    layout.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    with _as_os_error(), h5py.File(path, "w") as file:
        file.create_dataset("file", data=names, dtype=h5py.string_dtype())
        space = h5py.h5s.create_simple(shape)
        return int(h5py.h5d.create(file.id, b"x", h5py.h5t.STD_U8LE, space, layout).get_offset())


def write_seal(path: Path, **about: Any) -> None:
    """Write down what the images are, and the time of change that the file is then given."""
    import h5py

    written = int(time.time()) // 2 * 2  # some file systems know even seconds alone
    with _as_os_error(), h5py.File(path, "r+") as file:
        file["x"].attrs.update(about | {"written": written})
    os.utime(path, ns=(written * SECOND, written * SECOND))


def is_sealed(found: os.stat_result, written: Any) -> bool:
    """Whether a file is as it was when it was sealed; `written`: the time in its attributes."""
    return int(written) * SECOND == found.st_mtime_ns


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    """Of what HDF5 says about a disk that refuses, the system's own short words."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = getattr(error, "errno", None)
        raise OSError(number, os.strerror(number)) if number else OSError(str(error)) from None
