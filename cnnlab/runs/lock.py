"""Who may write into a run's folder: one process at a time.

The lock is a file ``lock`` with the holder's process, host and time, and the system's own lock upon it (see
https://py-filelock.readthedocs.io), which ends with the process however that ends. So a lock left behind by a killed
process is taken over, without a race; and where a file system knows no such locks, or the holder is on another machine,
the content of the file decides.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import lock_descriptor

from cnnlab.errors import RunError
from cnnlab.files import open_ordinary
from cnnlab.runs.process import host_name, is_alive, process_stamp
from cnnlab.runs.status import now_text

NAME = "lock"
MOST_BYTES = 10_000
SECONDS_BETWEEN_TRIES = 0.1


class RunLock:
    """Holds a run folder for this process while the body of a ``with`` runs.

    Raises RunError, with who holds it, when another process does.
    """

    def __init__(self, folder: Path) -> None:
        """Stand for the lock of `folder`, which must exist."""
        self.folder = folder
        self.path = folder / NAME
        self._file: FileIO

    def __enter__(self) -> "RunLock":
        try:
            self._file = self._locked()
        except OSError as error:
            raise RunError(f"Cannot lock {self.folder}: {error.strerror or error}.") from error
        try:
            holder = _content(self._file)
            if _may_live(holder):
                raise RunError(self._refusal(holder))
            me = {"pid": os.getpid(), "process": process_stamp(os.getpid()), "host": host_name()}
            self._file.truncate(0)
            self._file.write(json.dumps({**me, "since": now_text()}).encode() + b"\n")
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._file.close()

    def _locked(self) -> FileIO:
        """Open and lock the file; once more when its holder removed it in between."""
        while True:
            file = open(self.path, "a+b", buffering=0, opener=open_ordinary)  # noqa: SIM115
            try:
                if not _lock(file.fileno()):
                    raise RunError(self._refusal(_content(file)))
                if os.fstat(file.fileno()).st_nlink > 1:
                    raise OSError(f"{self.path} is a hard link: remove it")
                if _is_same(file.fileno(), self.path):
                    return file
            except BaseException:
                file.close()
                raise
            file.close()

    def _refusal(self, holder: dict[str, Any]) -> str:
        who = (
            f"process {holder.get('pid', '?')} on {holder.get('host', '?')} since {holder.get('since', '?')}"
        )
        if holder.get("host", host_name()) == host_name():
            return f"{self.folder} is in use by {who}: wait for it, or stop it."
        return (
            f"{self.folder} is in use by {who}, of which nothing can be known from here: wait for it, or, if it has "
            f"ended, remove the file {self.path}."
        )


@contextlib.contextmanager
def sole_user(folder: Path, seconds: float = 30.0) -> Iterator[None]:
    """Hold the folder itself while the body runs; waits up to `seconds` for a process that is about to leave it.

    Raises RunError when it does not. No file is made; does nothing where folders cannot be locked.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + seconds
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                raise RunError(f"{folder} is still in use by a process of an earlier start: stop it first.")
            time.sleep(SECONDS_BETWEEN_TRIES)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Take the system's lock; False when another process has it, True also where there are no such locks."""
    try:
        return lock_descriptor(descriptor, blocking=False)
    except OSError:
        return True  # some network file systems: the content of the file decides


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _content(file: FileIO) -> dict[str, Any]:
    """What a lock file holds on its holder; nothing where it is damaged, or cannot be read while another holds it."""
    try:
        file.seek(0)
        content = json.loads(file.read(MOST_BYTES) or b"")
    except (ValueError, RecursionError, OSError):
        return {}
    return content if isinstance(content, dict) else {}


def _may_live(holder: dict[str, Any]) -> bool:
    """Whether the process that a lock names may still run: surely not if it was on this machine and is gone."""
    pid = holder.get("pid")
    if not isinstance(pid, int):
        return False
    if holder.get("host") != host_name():
        return True
    stamp = holder.get("process")
    return is_alive(pid, stamp if isinstance(stamp, str) else None)
