"""What is wrong, in half a sentence, with a file whose content does not match its name."""

from pathlib import Path

LFS_POINTER = b"version https://git-lfs.github.com/spec"
GZIP, HDF5 = b"\x1f\x8b", b"\x89HDF\r\n\x1a\n"


def wrong_kind(path: Path) -> str | None:
    """Return why `path` is not a data file at all; None when it may be one."""
    if not path.exists():
        return "there is no such file"
    if path.is_dir():
        return "it is a folder"
    if not path.is_file():
        return "it is not an ordinary file"
    try:
        with path.open("rb") as file:
            start = file.read(256)
    except OSError as error:
        return f"you may not read it ({error.strerror})"
    if not start:
        return "it is empty"
    if start.startswith(LFS_POINTER):
        return "it is a Git LFS pointer, not the file itself (git lfs pull brings the file)"
    if looks_like_html(path):
        return "it is a web page (HTML), as from a login page or a proxy, in place of the file"
    return None


def starts_with(path: Path, signature: bytes) -> bool:
    """Return whether the file begins with `signature`."""
    with path.open("rb") as file:
        return file.read(len(signature)) == signature


def looks_like_html(path: Path) -> bool:
    """Return whether the file begins as a web page does."""
    with path.open("rb") as file:
        start = file.read(256).lstrip().lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml"))
