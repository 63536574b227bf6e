"""Who may write into a run's folder: one process at a time.

The lock is a file ``lock`` with the holder's process, host and time, and the kernel's own lock (flock) upon it, which
ends with the process however that ends. So a lock left behind by a killed process is taken over, without a race; and
where a file system knows no flock, or the holder is on another machine, the content of the file decides.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from cnnlab.errors import RunError
from cnnlab.runs.process import host_name, is_alive, process_stamp
from cnnlab.runs.status import now_text

NAME = "lock"
_PAUSE = 0.1  # seconds between two tries


class RunLock:
    """Holds a run folder for this process while the body of a ``with`` runs.

    Raises RunError, with who holds it, when another process does.
    """

    def __init__(self, folder: Path) -> None:
        """Stand for the lock of `folder`, which must exist."""
        self.folder = folder
        self.path = folder / NAME
        self._descriptor = -1

    def __enter__(self) -> "RunLock":
        try:
            self._descriptor = self._locked()
        except OSError as error:
            raise RunError(f"Cannot lock {self.folder}: {error.strerror or error}.") from error
        try:
            holder = _content(self._descriptor)
            if _may_live(holder):
                raise RunError(self._refusal(holder))
            me = {"pid": os.getpid(), "process": process_stamp(os.getpid()), "host": host_name()}
            _write(self._descriptor, {**me, "since": now_text()})
        except BaseException:
            os.close(self._descriptor)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self._descriptor)

    def _locked(self) -> int:
        """Open and lock the file; once more when its holder removed it in between."""
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _flock(descriptor)
                if _is_same(descriptor, self.path):
                    return descriptor
            except BlockingIOError:
                holder = _content(descriptor)
                os.close(descriptor)
                raise RunError(self._refusal(holder)) from None
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

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

    Raises RunError when it does not. No file is made; does nothing where the file system knows no flock.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + seconds
        while True:
            try:
                _flock(descriptor)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RunError(
                        f"{folder} is still in use by a process of an earlier start: stop it first."
                    ) from None
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _flock(descriptor: int) -> None:
    """Take the kernel's lock; BlockingIOError when another has it, nothing where there are no such locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        pass  # some network file systems: the content of the file decides


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _content(descriptor: int) -> dict[str, Any]:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        content = json.loads(os.read(descriptor, 10_000))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(descriptor: int, content: dict[str, Any]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(content).encode() + b"\n", 0)


def _may_live(holder: dict[str, Any]) -> bool:
    """Whether the process that a lock names may still run: surely not if it was on this machine and is gone."""
    pid = holder.get("pid")
    if not isinstance(pid, int):
        return False
    if holder.get("host") != host_name():
        return True
    stamp = holder.get("process")
    return is_alive(pid, stamp if isinstance(stamp, str) else None)
