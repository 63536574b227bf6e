"""The judged file's process: its scratch folder, its life, and talking with it.

Talk is JSON lines and arrays in ``.npz`` files read without pickle, so that nothing from the judged file is
ever executed here.
"""

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from cnnlab.judge.files import module_name
from cnnlab.judge.limits import Limits
from cnnlab.judge.stand_ins import write_stand_ins

PACKAGE_ROOT = Path(__file__).resolve().parents[2]  # holds the package cnnlab
LONGEST_REPLY = 16 << 20  # bytes
Arrays = dict[str, np.ndarray]


class ChildLost(Exception):
    """The process is gone; `kind` says how: ``time_limit`` or ``process_died``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class ScratchFolder:
    """The one folder that the judged file may write into; removed at the end."""

    def __init__(self, file: Path, shared: Path) -> None:
        """Copy the file in, so that nothing is written beside the original, and put stand-ins around it."""
        self.original = file.resolve()
        self.path = Path(tempfile.mkdtemp(prefix="cnnlab-judge-"))
        self.shared = shared
        self.work, self.exchange = self.path / "work", self.path / "exchange"
        for folder in (self.work, self.exchange, self.path / "module"):
            folder.mkdir()
        self.module = module_name(file)
        self.copy = self.path / "module" / f"{self.module}.py"
        shutil.copyfile(file, self.copy)
        write_stand_ins(self.path / "first", self.path / "last")

    def last_on_path(self, *, helpers_first: bool) -> list[str]:
        """The folder of the original and that of the stand-ins: nothing in them hides another module."""
        folders = [str(self.original.parent), str(self.path / "last")]
        return folders[::-1] if helpers_first else folders

    def environment(self) -> dict[str, str]:
        """The variables of the child process: home and temporary files in scratch, one thread, no display."""
        folders = [self.path / "first", self.path / "module"]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CNNLAB_", "MPL"))}
        threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
        return kept | {
            **{f"{name}_NUM_THREADS": "1" for name in threads},
            "PYTHONPATH": os.pathsep.join(map(str, [*folders, PACKAGE_ROOT])),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONHASHSEED": "0",
            "HOME": str(self.work),
            "TMPDIR": str(self.work),
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(self.shared),
        }

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Child:
    """One process that has, or will have, imported the file."""

    def __init__(self, scratch: ScratchFolder, limits: Limits) -> None:
        """Start it, in a group of its own."""
        self.scratch, self.limits = scratch, limits
        theirs, self._send = os.pipe()
        self._receive, their_reply = os.pipe()
        self._pending = b""
        command = [sys.executable, "-P", "-m", "cnnlab.judge.child"]
        self.process = subprocess.Popen(
            [*command, str(theirs), str(their_reply)],
            cwd=scratch.work,
            env=scratch.environment(),
            pass_fds=(theirs, their_reply),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs)
        os.close(their_reply)

    def request(
        self, content: dict[str, Any], arrays: Arrays | None = None, *, cpu_seconds: float | None = None
    ) -> tuple[dict[str, Any], Arrays]:
        """Send one request and wait for its reply; raises ChildLost when there will be none."""
        seconds = self.limits.seconds if cpu_seconds is None else cpu_seconds
        token = secrets.token_hex(8)
        given, results = (self.scratch.exchange / f"{token}-{kind}.npz" for kind in ("in", "out"))
        if arrays:
            np.savez(given, allow_pickle=False, **arrays)
        message = {"id": token, "arrays": str(given) if arrays else None, "results": str(results)}
        try:
            self._write({**content, **message, "cpu_seconds": seconds})
            reply = self._read(self.limits.on_the_clock(seconds))
            if reply.get("id") != token:
                raise ChildLost("process_died")
            return reply, _load(results) if reply.get("has_arrays") else {}
        finally:
            for path in (given, results):
                path.unlink(missing_ok=True)

    def _write(self, message: dict[str, Any]) -> None:
        try:
            os.write(self._send, json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise ChildLost("process_died") from error

    def _read(self, seconds: float) -> dict[str, Any]:
        """Wait for one line; the end of the process is looked for too, as its children may hold the pipe."""
        end = time.monotonic() + seconds
        while b"\n" not in self._pending:
            if select.select([self._receive], [], [], 0.1)[0]:
                data = os.read(self._receive, 1 << 16)
                self._pending += data
                if not data or len(self._pending) > LONGEST_REPLY:
                    raise ChildLost(self._how_it_ended())
            elif self.process.poll() is not None:
                raise ChildLost(self._how_it_ended())
            elif time.monotonic() > end:
                raise ChildLost("time_limit")
        line, _, self._pending = self._pending.partition(b"\n")
        try:
            reply = json.loads(line)
        except ValueError as error:
            raise ChildLost("process_died") from error
        return reply if isinstance(reply, dict) else {}

    def _how_it_ended(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        return "time_limit" if self.process.returncode == -signal.SIGXCPU else "process_died"

    def end(self) -> None:
        """End it and everything it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for descriptor in (self._send, self._receive):
            os.close(descriptor)


def end_strays(scratch: Path) -> None:
    """End processes that the judged file has started in groups of their own: those whose home is its scratch."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get("HOME") == str(scratch / "work"):
                process.kill()


def _load(path: Path) -> Arrays:
    """Read the arrays of a reply; never unpickles."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError) as error:
        raise ChildLost("process_died") from error
