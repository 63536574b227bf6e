"""The images of many files in one file of the user cache: read once one by one, from then on fast and in any order.

Each list of files has a folder in the cache's ``pictures``. It may be removed at any time when nothing trains from it.
In it lies ``images.h5``, an HDF5 file: ``x`` holds the images, uint8 (n, height, width, channels), in one piece, and
``file`` the paths that they were read from. It stands for the files as long as paths, sizes and times of change are as
they were.
"""

import contextlib
import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import lock_descriptor

from cnnlab.datasets import locate
from cnnlab.datasets.arrays.hdf5 import checked_images
from cnnlab.datasets.pictures.files import PictureFiles, file_stamps
from cnnlab.datasets.pictures.sealed_hdf5 import is_sealed, write_frame, write_seal
from cnnlab.datasets.progress import progress
from cnnlab.datasets.stored import RawSource, StoredImages, Vouched
from cnnlab.datasets.unpack import gigabytes, require_space
from cnnlab.errors import DataError, RunError
from cnnlab.files import atomic_path, make_folder, remove_leftovers

FORMAT = 1
FOLDER, FILE = "pictures", "images.h5"


@dataclass(frozen=True)
class KeptPictures:
    """images: read from the cache. whitened: how many of the files have transparent pixels."""

    images: StoredImages
    whitened: int


def kept_pictures(source: PictureFiles, root: Path, stamps: np.ndarray) -> KeptPictures:
    """Return the images of `source`, files in the folder `root` with these stamps, from the cache; first write them.

    One process writes, others wait for it. Raises RunError where the cache cannot be written, DataError for the first
    file that cannot be read, and where files are changed meanwhile.
    """
    place = _Place(source, root, stamps)
    found = place.opened()
    if found is not None:
        return found
    make_folder(place.folder, parents=True)
    if place.folder.is_symlink():
        raise RunError(f"Nothing is written into {place.folder}: it is a link; remove it first.")
    with _alone(place.folder, root) as alone:
        found = place.opened()  # another process may have written it by now
        if found is not None:
            return found
        if alone:
            remove_leftovers(place.folder)
        place.write()
    found = place.opened()
    if found is None:
        raise RunError(f"Cannot write {place.path}: it does not come back as it was written.")
    return found


def kept_folders() -> dict[str, str]:
    """The folders of images in the cache, each with its size and the day of its last use, for people who make room."""
    found = {}
    for path in sorted((locate.cache_directory() / FOLDER).glob(f"*/{FILE}")):
        with contextlib.suppress(OSError):
            used = datetime.fromtimestamp(path.parent.stat().st_mtime).date()
            found[str(path.parent)] = f"{gigabytes(path.lstat().st_size)}, last of use on {used}"
    return found


class _Place:
    """Where in the cache the images of a list of files lie, or will."""

    def __init__(self, source: PictureFiles, root: Path, stamps: np.ndarray) -> None:
        self.source, self.root, self.stamps = source, root, stamps
        self.names = _relative_names(source.files, root)
        self.identity = self._identity()
        name = re.sub(r"[^A-Za-z0-9_-]", "_", root.name)[:40] or "images"
        self.folder = locate.cache_directory() / FOLDER / f"{name}-{self.identity[:16]}"
        self.path = self.folder / FILE

    def _identity(self) -> str:
        """The SHA-256 of all that the images follow from, 64 hex digits."""
        import PIL

        about = (FORMAT, PIL.__version__, self.source.reading, self.source.shape, self.root.resolve())
        digest = hashlib.sha256(os.fsencode("\0".join(map(str, about))))
        digest.update(b"\0".join(self.names) + b"\0")
        digest.update(self.stamps.tobytes())
        return digest.hexdigest()

    def opened(self) -> KeptPictures | None:
        """The images, where they are there and whole."""
        known: dict[str, Any] = {}

        def check(images: Any) -> None:
            known.update({key: images.attrs[key] for key in ("identity", "written", "whitened")})
            if images.shape != self.source.shape or images.dtype != np.uint8:
                raise DataError(f"{self.path} holds other images.")

        try:
            about = self.path.lstat()
            if not stat.S_ISREG(about.st_mode) or self.folder.is_symlink():
                return None
            images = checked_images(self.path, check)
            whole = known["identity"] == self.identity and is_sealed(about, known["written"])
            whitened = int(known["whitened"])
        except (OSError, DataError, ValueError, TypeError):
            return None
        if not whole or not isinstance(images.source, RawSource):
            return None
        images.source.vouched = Vouched(self.identity, self.folder)
        with contextlib.suppress(OSError):
            os.utime(self.folder)  # when it was last of use, for people who make room
        return KeptPictures(images, whitened)

    def write(self) -> None:
        """Read every file and write the images, block after block, under a temporary name first."""
        size = int(np.prod(self.source.shape, dtype=np.int64))
        purpose = f"Keeping the images of {self.root}"
        try:
            require_space(self.folder, size + sum(map(len, self.names)), purpose)
        except DataError as error:  # no fault of the images
            raise RunError(str(error)) from None
        with atomic_path(self.path) as temporary:
            offset = write_frame(temporary, self.source.shape, self.names)
            with (
                progress("Reading", f"images of {self.root.name}", size) as show,
                temporary.open("r+b") as file,
            ):
                file.seek(offset)
                for block in StoredImages(self.source).blocks():
                    file.write(block.data)
                    show(file.tell() - offset)
            self._require_unchanged()
            write_seal(temporary, identity=self.identity, whitened=len(self.source.whitened))

    def _require_unchanged(self) -> None:
        changed = (file_stamps(self.source.files) != self.stamps).any(axis=1)
        if changed.any():
            raise DataError(
                f"{self.source.files[int(changed.argmax())]} was changed while the images were read: start again "
                "once they are all in place."
            )


def _relative_names(files: Sequence[Path], root: Path) -> list[bytes]:
    start = os.fsencode(root) + os.fsencode(os.sep)
    return [os.fsencode(file).removeprefix(start) for file in files]


@contextlib.contextmanager
def _alone(folder: Path, root: Path) -> Iterator[bool]:
    """Hold the folder, which no other process holds then, until the body ends; False where folders cannot be held."""
    if sys.platform == "win32":
        yield False
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise RunError(f"Cannot use {folder}: {error.strerror}.") from None
    try:
        yield _held(descriptor, root)
    finally:
        os.close(descriptor)


def _held(descriptor: int, root: Path) -> bool:
    from rich.console import Console

    try:
        if not lock_descriptor(descriptor, blocking=False):
            console = Console(stderr=True, highlight=False, markup=False)
            console.print(f"Waiting for another process that reads the images of {root}.", soft_wrap=True)
            lock_descriptor(descriptor)
    except OSError:  # some network file systems
        return False
    return True
