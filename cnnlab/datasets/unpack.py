"""Writing large files once: packed ones unpacked, compressed ones plain. As a stream, after a look at the disk."""

import gzip
import hashlib
import os
import secrets
import shutil
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cnnlab.datasets import locate
from cnnlab.datasets.damage import GZIP, starts_with, wrong_kind
from cnnlab.errors import DataError

CHUNK_BYTES = 1 << 22
SPARE_BYTES = 100_000_000  # left free on the disk


def require_space(folder: Path, needed: int, purpose: str) -> None:
    """Raise DataError when the disk of `folder`, which need not exist yet, has not `needed` bytes to spare."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if needed + SPARE_BYTES > free:
        raise DataError(
            f"{purpose} needs {gigabytes(needed)} in {folder}, and its disk has {gigabytes(free)} free: make room, "
            "or choose another disk."
        )


def gigabytes(count: int) -> str:
    """A number of bytes for people: "6.42 GB", "21.4 kB"."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


def unpacked(packed: Path, advance: Callable[[int], None] = lambda count: None) -> Path:
    """Return the file that is in `packed` (name.gz), unpacked beside it, or in the user cache where that fails.

    What was unpacked before is returned at once. `advance` gets the number of packed bytes read, piece by piece.
    Raises DataError when the file is damaged or the disk too full.
    """
    kept = unpacked_path(packed, packed.parent)
    if kept.is_file():
        return kept
    folder = packed.parent if os.access(packed.parent, os.W_OK) else _cache_for(packed)
    target = unpacked_path(packed, folder)
    if target.is_file():
        return target
    reason = wrong_kind(packed)
    if reason is None and not starts_with(packed, GZIP):
        reason = "it is not a gzip file, though its name ends in .gz"
    if reason is not None:
        raise DataError(f"{packed} cannot be read: {reason}.")
    require_space(folder, unpacked_size(packed), f"Unpacking {packed.name}")
    _write(target, _gunzip(packed, advance))
    return target


def unpacked_path(packed: Path, folder: Path) -> Path:
    """The path in `folder` of what is in `packed`."""
    return folder / packed.name.removesuffix(".gz")


def unpacked_size(packed: Path) -> int:
    """The size that a gzip file's last four bytes give, modulo 2**32: the smallest that the packed size allows."""
    size = packed.stat().st_size
    with packed.open("rb") as file:
        file.seek(max(0, size - 4))
        size_modulo = int.from_bytes(file.read(4), "little")
    while size_modulo < 0.9 * size and size > 2**30:
        size_modulo += 2**32
    return max(size_modulo, size)


def spooled(
    origin: Path, shape: tuple[int, int, int, int], blocks: Callable[[], Iterable[Any]], also: str = ""
) -> Path:
    """Return the file in the user cache that holds `blocks`, the images of `origin`, as plain bytes.

    It is written when it is not there yet for `origin` as it is now (path, size, time of change), this `shape`, and
    what `also` says about them.
    """
    about = origin.stat()
    identity = f"{origin.resolve()} {about.st_size} {about.st_mtime_ns} {shape}{also}"
    name = f"{origin.stem}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}.uint8"
    target = locate.cache_directory() / "unpacked" / name
    if not target.is_file():
        size = shape[0] * shape[1] * shape[2] * shape[3]
        require_space(
            target.parent,
            size,
            f"Writing the images of {origin.name} uncompressed, to read them in any order,",
        )
        _write(target, (block.data for block in blocks()))
    return target


def _cache_for(packed: Path) -> Path:
    key = hashlib.sha256(str(packed.parent.resolve()).encode()).hexdigest()[:16]
    return locate.cache_directory() / "unpacked" / key


def _gunzip(packed: Path, advance: Callable[[int], None]) -> Iterable[bytes]:
    """Yield the content piece by piece; raises DataError where the file is cut short or wrong."""
    try:
        with packed.open("rb") as raw, gzip.GzipFile(fileobj=raw) as file:
            read = 0
            while piece := file.read(CHUNK_BYTES):
                advance(raw.tell() - read)
                read = raw.tell()
                yield piece
    except EOFError:
        raise DataError(
            f"{packed} cannot be unpacked: it is truncated ({packed.stat().st_size:,} bytes are there)."
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{packed} cannot be unpacked: it is damaged ({error}).") from None


def _write(target: Path, pieces: Iterable[Any]) -> None:
    """Write `pieces` to a temporary name and rename it, so that half a file is never taken for a whole one."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        temporary.replace(target)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror or error}.") from None
    finally:
        temporary.unlink(missing_ok=True)
