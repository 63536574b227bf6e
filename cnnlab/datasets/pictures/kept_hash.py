"""The hash of a data set's content, kept for images in the user cache, so that they are not read for it at each start.

A hash is kept beside the images. Its file is called by a second hash, of all but the images, in whose place stands what
vouches for them, and their order.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import RunError
from cnnlab.files import write_text
from cnnlab.reading import read_text

Images = np.ndarray | StoredImages
Pieces = Callable[[Images], Iterable[np.ndarray]]
"""Gives what is hashed of images, or of another array."""

SHA256 = re.compile(r"[0-9a-f]{64}")


def kept_hash(images: Sequence[Images], digest: Callable[[Pieces], str]) -> str:
    """Return ``digest(content)``, a SHA-256 in hex digits of arrays among which `images` are.

    It is computed once for images that the cache vouches for, always for others.
    """
    folder = folder_of(images)
    if folder is None:
        return digest(content)
    path = folder / f"{digest(_stand_ins)[:32]}.sha256"
    with contextlib.suppress(OSError, ValueError):
        known = read_text(path, most=100).strip()
        if SHA256.fullmatch(known) and not path.is_symlink():
            return known
    computed = digest(content)
    with contextlib.suppress(RunError):
        write_text(path, computed + "\n")
    return computed


def folder_of(images: Sequence[Images]) -> Path | None:
    """The folder in the cache where results on all these images may be kept; None where it does not vouch for them."""
    vouched = [each.source.vouched if isinstance(each, StoredImages) else None for each in images]
    folders = [each.folder for each in vouched if each is not None]
    return folders[0] if folders and len(folders) == len(images) else None


def content(array: Images) -> Iterable[np.ndarray]:
    """All that an array holds, read block after block where it lies in a file."""
    return array.blocks() if isinstance(array, StoredImages) else (array,)


def _stand_ins(array: Images) -> Iterable[np.ndarray]:
    if not isinstance(array, StoredImages) or array.source.vouched is None:
        return content(array)
    return np.frombuffer(array.source.vouched.identity.encode(), np.uint8), array.positions
