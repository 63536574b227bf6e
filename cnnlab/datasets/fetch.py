"""Downloading: a file whole and checked or not at all, resumed where an earlier attempt stopped."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.datasets.damage import looks_like_html
from cnnlab.datasets.progress import progress
from cnnlab.errors import DataError

CONNECT_SECONDS = 4.0
READ_SECONDS = 30.0  # the longest silence in the middle of a file
CHUNK_BYTES = 1 << 14  # at most this much is lost where a connection is cut
PAUSES = (1.0, 2.0, 4.0)  # seconds before the next attempt, after attempts that brought nothing


@dataclass(frozen=True)
class RemoteFile:
    """A file on the network, and how to know that it arrived whole."""

    filename: str
    url: str
    sha256: str  # of the file, 64 hex digits
    size: int | None = None  # in bytes; None where it is not known
    unpacked_size: int = 0  # about; 0 where the file is not packed


class FetchError(DataError):
    """A download failed. The message is the reason alone, to be set into a sentence: "no connection"."""


def missing_message(
    name: str, remote: RemoteFile, searched: Sequence[Path], folder: Path, reason: str
) -> str:
    """Return the sentences for data that are neither on disk nor to be had: where, why, and the ways out."""
    places = ", ".join(str(path) for path in searched)
    return (
        f"The data set '{name}' needs {remote.filename}, which is in none of {places}, "
        f"and fetching {remote.url} came to nothing: {reason}. Download it on another machine and put it at "
        f"{folder / remote.filename}, or name its folder with --data-dir, or add --bundled to use the data "
        "that come with cnnlab."
    )


def fetch(remote: RemoteFile, folder: Path) -> Path:
    """Download `remote` into `folder` and return its path; progress is shown on stderr.

    The file appears under its name only when it is complete and its checksum right. What came before a break is
    kept as .NAME.part, and the next call resumes there.

    Raises FetchError with the reason.
    """
    target, part = folder / remote.filename, part_of(remote, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.is_file() and _checksum(target) == remote.sha256:
            return target
        with progress("Downloading", remote.filename, remote.size) as show:
            resumed = _complete(remote, part, show)
            if _checksum(part) != remote.sha256 and resumed:  # what an earlier call left was of another file
                part.unlink()
                _complete(remote, part, show)
        if _checksum(part) != remote.sha256:
            part.unlink()
            raise FetchError("the file that came has the wrong SHA-256 checksum, so it is damaged or another")
        part.replace(target)
    except OSError as error:  # requests' errors are OSErrors too
        kept = part.stat().st_size if part.is_file() else 0
        again = f" ({kept:,} bytes are kept: the next attempt resumes there)" if kept else ""
        raise FetchError(_reason(error, folder) + again) from None
    return target


def part_of(remote: RemoteFile, folder: Path) -> Path:
    """Where in `folder` an unfinished download of `remote` is kept."""
    return folder / f".{remote.filename}.part"


def _complete(remote: RemoteFile, part: Path, show: Callable[[int], None]) -> bool:
    """Bring `part` to its full length, in as many attempts as it takes; return whether it had a beginning already.

    An attempt that brings nothing new is repeated after a pause, if any before it in this call brought something.
    """
    if remote.size is not None and _size(part) > remote.size:
        part.unlink()
    resumed = furthest = _size(part)
    pauses = iter(PAUSES)
    while True:
        before = furthest
        error = _attempt(remote, part, show)
        furthest = max(furthest, _size(part))
        if error is None:
            return resumed > 0
        if furthest > before:
            pauses = iter(PAUSES)
        pause = next(pauses, None)
        if furthest == resumed or pause is None:
            raise error
        time.sleep(pause)


def _attempt(remote: RemoteFile, part: Path, show: Callable[[int], None]) -> OSError | None:
    """Ask once for what is missing of `part`, and append it. Returns what broke it off, or None."""
    import requests

    have = _size(part)
    if remote.size is not None and have == remote.size:
        return None
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    try:
        with requests.get(remote.url, headers=headers, stream=True, timeout=timeout) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                part.unlink()  # what is there is longer than the server's file
                return _attempt(remote, part, show)
            answer.raise_for_status()
            goes_on = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            with part.open("ab" if goes_on else "wb") as file:
                for chunk in answer.iter_content(CHUNK_BYTES):
                    file.write(chunk)
                    show(file.tell())
    except requests.HTTPError:
        raise
    except requests.RequestException as error:
        return error
    return _judge(remote, part)


def _judge(remote: RemoteFile, part: Path) -> OSError | None:
    """Say what is wrong with a file that the server took for complete; None when its length is right."""
    if looks_like_html(part):
        part.unlink()
        raise FetchError("a web page came in place of the file, as from a login page or a proxy")
    size = _size(part)
    if remote.size is None or size == remote.size:
        return None
    if size > remote.size:
        part.unlink()
        raise FetchError(f"{size:,} bytes came, expected {remote.size:,}: it is another file")
    return TooShort(f"the server sent {size:,} of {remote.size:,} bytes and said that this was all")


class TooShort(OSError):
    """The server ended the file too early."""


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Any, folder: Path) -> str:
    """Say in half a sentence why a download failed."""
    from requests import exceptions

    if isinstance(error, TooShort):
        return str(error)
    if isinstance(error, exceptions.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, exceptions.ConnectTimeout):
        return f"no answer within {CONNECT_SECONDS:g} seconds"
    if isinstance(error, exceptions.SSLError | exceptions.ProxyError):
        return f"no secure connection or a proxy in the way ({type(error).__name__})"
    if isinstance(error, exceptions.ChunkedEncodingError | exceptions.ReadTimeout):
        return "the connection was cut before the file was complete"
    if isinstance(error, exceptions.ConnectionError):
        return "no connection to the server (is there a network?)"
    if isinstance(error, exceptions.RequestException):
        return f"{type(error).__name__}: {error}"
    return f"{folder} cannot be written ({error.strerror or error})"
