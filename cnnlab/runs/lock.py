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

from filelock import lock_descriptor

from cnnlab.errors import RunError
from cnnlab.files import open_ordinary, require_no_links, to_json_text
from cnnlab.runs.process import host_name, is_alive, process_stamp
from cnnlab.runs.record import Count, Record, harmless, parse_record
from cnnlab.runs.status import now_text

NAME = "lock"
MOST_BYTES = 10_000
SECONDS_BETWEEN_TRIES = 0.1


class Holder(Record):
    """The process that holds a folder; nothing known of it where the file is damaged."""

    pid: Count | None = None
    process: str | None = None
    host: str | None = None
    since: str | None = None

    @property
    def may_live(self) -> bool:
        """Whether it may still run: surely not if it was on this machine and is gone."""
        if self.pid is None:
            return False
        return self.host != host_name() or is_alive(self.pid, self.process)


class RunLock:
    """Holds a run folder for this process while the body of a ``with`` runs.

    Raises RunError, with who holds it, when another process does. Unless it is held to be removed, also for links,
    pipes or devices in it, through which this process would write elsewhere.
    """

    def __init__(self, folder: Path, *, to_remove: bool = False) -> None:
        """Stand for the lock of `folder`, which must exist."""
        self.folder = folder
        self.to_remove = to_remove
        self.path = folder / NAME
        self._file: FileIO

    def __enter__(self) -> "RunLock":
        try:
            self._file = self._locked()
        except OSError as error:
            raise RunError(f"Cannot lock {self.folder}: {error.strerror or error}.") from error
        holder = _holder(self._file)
        if holder.may_live:
            self._file.close()
            raise RunError(self._refusal(holder))
        try:
            if not self.to_remove:
                require_no_links(self.folder)
            pid = os.getpid()
            me = Holder(pid=pid, process=process_stamp(pid), host=host_name(), since=now_text())
            self._file.truncate(0)
            self._file.write(to_json_text(me).encode() + b"\n")
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._file.close()

    def _locked(self) -> FileIO:
        """Open and lock the file; once more when its holder removed it in between."""
        while True:
            file = open(self.path, "a+b", buffering=0, opener=open_ordinary)  # noqa: SIM115
            try:
                if not _lock(file.fileno()):
                    raise RunError(self._refusal(_holder(file)))
                if _is_same(file.fileno(), self.path):
                    return file
            except BaseException:
                file.close()
                raise
            file.close()

    def _refusal(self, holder: Holder) -> str:
        who = f"process {holder.pid or '?'} on {holder.host or '?'} since {holder.since or '?'}"
        if holder.host in (None, host_name()):
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


def _holder(file: FileIO) -> Holder:
    """Whom a lock file names; nobody where it is damaged, or cannot be read while another holds it."""
    try:
        file.seek(0)
        return parse_record(Holder, harmless(json.loads(file.read(MOST_BYTES) or b"")), NAME, [])
    except (ValueError, RecursionError, OSError):
        return Holder()
