"""Downloading: one file, whole and checked or not at all, and a quick answer where there is no network."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.datasets.damage import looks_like_html
from cnnlab.errors import DataError

CONNECT_SECONDS = 4.0
READ_SECONDS = 30.0  # the longest silence in the middle of a file
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class RemoteFile:
    """A file on the network, and how to know that it arrived whole."""

    filename: str
    url: str
    sha256: str  # of the file, 64 hex digits


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
    """Download `remote` into `folder` and return its path; progress is drawn when stderr is a terminal.

    The file appears under its name only when it is complete and its checksum right.

    Raises FetchError with the reason; nothing is left behind then.
    """
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)
    try:
        with _progress(remote.filename) as bar:
            path = pooch.retrieve(
                remote.url, f"sha256:{remote.sha256}", remote.filename, folder, downloader=_Download(bar)
            )
    except FetchError:
        raise
    except ValueError:  # pooch: the checksum differs
        raise FetchError(
            "the file that came has the wrong SHA-256 checksum, so it is damaged or another"
        ) from None
    except OSError as error:  # requests' errors are OSErrors too
        raise FetchError(_reason(error, folder)) from None
    return Path(path)


class _Download:
    """What pooch calls to bring one address into a temporary file; a resuming one can take its place."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        from pooch import HTTPDownloader

        timeout = (CONNECT_SECONDS, READ_SECONDS)
        HTTPDownloader(self._bar or False, CHUNK_BYTES, timeout=timeout)(url, output_file, pooch)
        if looks_like_html(Path(output_file)):
            raise FetchError("a web page came in place of the file, as from a login page or a proxy")


def _reason(error: OSError, folder: Path) -> str:
    """Say in half a sentence why a download failed."""
    from requests import exceptions

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


@contextlib.contextmanager
def _progress(filename: str) -> Iterator["_Bar | None"]:
    """Yield a progress bar on stderr, or None when it is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    from rich.progress import DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Downloading {task.description}"), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress, filename)


class _Bar:
    """A rich progress bar that answers to what pooch calls on one."""

    def __init__(self, progress: Any, filename: str) -> None:
        self._progress = progress
        self._task = progress.add_task(filename, total=None)

    @property
    def total(self) -> int | None:
        """The number of bytes to come; None or 0 where the server does not say."""
        return self._progress.tasks[0].total

    @total.setter
    def total(self, value: int) -> None:
        self._progress.update(self._task, total=value or None)

    def update(self, count: int) -> None:
        """Move on by `count` bytes."""
        self._progress.advance(self._task, count)

    def reset(self) -> None:
        """Start again from nothing; pooch does it just before the last update."""
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        """Do nothing: the bar closes with its context."""
