"""Writing files so that a reader, or a crash, never meets half of one.

Each write goes to a hidden temporary name in the same folder, is flushed to the disk and then renamed over
the target, which file systems do in one step. A process killed in between leaves the old file as it was.
"""

import contextlib
import errno
import json
import math
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError

TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.tmp(\..*)?", re.DOTALL)
"""Names of temporary files."""


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`, with the same suffix, that is renamed to `path` on success.

    The body writes the file by whatever means (``np.savez``, ``figure.savefig``, ``model.save``). When it
    raises, the temporary file is removed and `path` keeps its old content. Raises RunError when the disk
    refuses (full, read-only, no such folder).
    """
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.tmp{target.suffix}")
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
        _flush_directory(target.parent)
    except OSError as error:
        raise RunError(f"Cannot write {target}: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):  # what it could not make, it need not remove
            temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove from `folder` and all folders within it what killed processes left under temporary names."""
    for path in folder.rglob(".*.tmp*"):
        if TEMPORARY.fullmatch(path.name):
            with contextlib.suppress(OSError):
                path.unlink()


def make_folder(path: Path, *, parents: bool = False) -> None:
    """Make a folder unless it is there, with `parents` those above it too; raises RunError when the disk refuses."""
    try:
        path.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise RunError(f"Cannot make {path}: {error.strerror or error}.") from error


def open_ordinary(path: str | os.PathLike[str], flags: int) -> int:
    """Open a file for writing, made if `flags` say so, and return its descriptor.

    Raises OSError for links, also hard ones, which may lead out of the folder, and for pipes, devices and folders.
    """
    with contextlib.suppress(FileNotFoundError):
        _require_ordinary(path, os.lstat(path))
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o644)
    try:
        _require_ordinary(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_ordinary(path: str | os.PathLike[str], found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, f"{path} is not an ordinary file: remove it")
    if found.st_nlink > 1:
        raise OSError(errno.EINVAL, f"{path} is a hard link: remove it")


def require_no_links(folder: Path) -> None:
    """Raise RunError where something within `folder`, at any depth, is neither a file nor a folder.

    Whoever writes into a folder that came from elsewhere would follow links out of it, and wait for pipes.
    """
    for place, folders, names in os.walk(folder):
        for path in (Path(place, name) for name in (*folders, *names)):
            try:
                kind = path.lstat().st_mode
            except FileNotFoundError:
                continue  # another process's temporary file
            if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
                what = "a link" if stat.S_ISLNK(kind) else "a pipe, a socket or a device"
                raise RunError(f"Nothing is written into {folder}: {path} is {what}; remove it first.")


def append_text(path: Path, text: str) -> None:
    """Add `text` to the end of a file, in UTF-8; raises RunError when the disk refuses, or it is not a file."""
    try:
        with open(path, "ab", opener=open_ordinary) as file:
            file.write(text.encode())
    except OSError as error:
        raise RunError(f"Cannot write {path}: {error.strerror or error}.") from error


def flush(path: Path) -> None:
    """Ask the system to put the file's content on the disk; raises RunError when it refuses."""
    try:
        _flush(path)
    except OSError as error:
        raise RunError(f"Cannot write {path}: {error.strerror or error}.") from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)  # Windows flushes no file that is open for reading alone
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` atomically; raises RunError when the disk refuses."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` atomically as UTF-8, newlines as they are; raises RunError when the disk refuses."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Write `content` atomically as strict, indented JSON in UTF-8.

    JSON has no NaN and no infinity: they are written as the strings "NaN", "Infinity" and "-Infinity", which
    `float` reads back, so that null keeps its own meaning (not known). NumPy scalars and arrays become
    numbers and lists, paths become strings; of pydantic's models the fields that were given are written.
    Raises TypeError for anything else that JSON cannot hold.
    """
    write_text(path, to_json_text(content, indent=2) + "\n")


def to_json_text(content: Any, indent: int | None = None) -> str:
    """Return `content` as strict JSON text, by the rules of `write_json`; one line when `indent` is None.

    What is not printable is written as an escape of JSON's own, so that the text is harmless to a terminal.
    """
    text = json.dumps(plain(content), indent=indent, ensure_ascii=False, allow_nan=False)
    lines = text.split("\n")
    return "\n".join(line if line.isprintable() else "".join(map(_printable, line)) for line in lines)


def _printable(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def plain(value: Any) -> Any:
    """Return `value` in terms of dict, list, str, int, finite float, bool and None, as `write_json` does."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _name(value)
    if hasattr(value, "model_dump"):  # pydantic's models
        return plain(value.model_dump(exclude_unset=True))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):  # NumPy arrays and scalars
        return plain(value.tolist())
    raise TypeError(f"JSON cannot hold a {type(value).__name__}: {value!r}")


def _name(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _flush_directory(path: Path) -> None:
    """The same for the rename; some file systems cannot, and then it is the system's own affair."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
