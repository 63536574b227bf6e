"""Commands in processes forked from one that has imported what they need.

To import Keras takes 5 to 8 s of a processor's time, to import what a report needs 1 s, and the suite runs hundreds
of commands. Each still runs in a process of its own, with arguments, environment, folder and output of its own; only
modules are there already. `python -m tests.warm MODULE ...` is the process that imports them.
"""

import atexit
import contextlib
import gc
import importlib
import json
import multiprocessing.util
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from multiprocessing.connection import _ConnectionBase  # type: ignore[attr-defined]
from pathlib import Path
from select import select
from types import ModuleType
from typing import Any

from tests.commands import REPOSITORY, Finished, do_not_wait_for_the_disk, environment, run_cold

LIGHT = (
    *("cnnlab.cli.report", "cnnlab.cli.runs", "cnnlab.config.load", "scipy.special"),
    *("matplotlib.backends.backend_agg", "matplotlib.figure"),
)
WITH_KERAS = ("cnnlab.cli.train", "cnnlab.executors.preload_keras", *LIGHT)
WITH_FRAMEWORKS = ("cnnlab.cli.train", "tests.frameworks", *LIGHT)
IMPORT_TIME = ("PYTHON", "KERAS_", "TF_", "OMP_", "MPL")  # variables that act while modules are imported


class Started:
    """A command at work; `pid` is its process."""

    def __init__(self, server: "WarmServer", pid: int, folder: tempfile.TemporaryDirectory[str]) -> None:
        """Remember who forked it, and where its output goes."""
        self.pid, self._server, self._folder = pid, server, folder

    def wait(self, timeout: float = 240) -> Finished:
        """What it did, once it has ended; killed, with TimeoutError, when it does not."""
        try:
            code = self._server.exit_code(self.pid, timeout)
        except TimeoutError:
            self.send(signal.SIGKILL)
            self._server.exit_code(self.pid, timeout=60)
            raise
        with self._folder as folder:
            return Finished(code, *(Path(folder, name).read_text() for name in ("out", "err")))

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def ended(self) -> bool:
        """Whether it has."""
        return self._server.has_ended(self.pid)

    def errors(self) -> str:
        """What it has written to stderr by now; nothing as long as it has not begun."""
        path = Path(self._folder.name, "err")
        return path.read_text() if path.exists() else ""


class WarmServer:
    """A process that has imported `modules`, and forks for every command."""

    def __init__(self, modules: Sequence[str]) -> None:
        """Start it; it ends with this process."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", *modules],
            cwd=REPOSITORY,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        atexit.register(self.end)
        self._pids: list[int] = []
        self._codes: dict[int, int] = {}

    def start(
        self, words: Sequence[str], cwd: Path, variables: dict[str, str], patch: str, session: bool
    ) -> Started:
        """Start ``python WORDS`` (``-m MODULE ...`` or ``FILE ...``) after the Python code `patch`.

        With `session` the process leads a group of its own, as one that a terminal starts.
        """
        folder = tempfile.TemporaryDirectory()
        job = {"words": words, "cwd": str(cwd), "variables": variables, "patch": patch, "session": session}
        print(json.dumps(job | {"folder": folder.name}), file=self.process.stdin, flush=True)
        while not self._pids:
            self._listen(timeout=120)
        return Started(self, self._pids.pop(), folder)

    def end(self) -> None:
        """End it; commands at work stay."""
        self.process.kill()
        self.process.communicate()

    def exit_code(self, pid: int, timeout: float) -> int:
        """How a process ended; TimeoutError when it has not by then."""
        end = time.monotonic() + timeout
        while pid not in self._codes:
            self._listen(max(0.0, end - time.monotonic()))
        return self._codes.pop(pid)

    def has_ended(self, pid: int) -> bool:
        """Whether a process has, by now."""
        with contextlib.suppress(TimeoutError):
            while pid not in self._codes:
                self._listen(timeout=0)
        return pid in self._codes

    def _listen(self, timeout: float) -> None:
        """Take in one answer: a process that was started, or one that has ended and its exit code."""
        stream: Any = self.process.stdout
        if not select([stream], [], [], timeout)[0]:
            raise TimeoutError(f"no answer within {timeout:.0f} s")
        pid, *code = map(int, os.read(stream.fileno(), LINE).split())
        if code:
            self._codes[pid] = code[0]
        else:
            self._pids.append(pid)


LINE = 16  # bytes of an answer: so that each is read alone, whatever has come
_servers: dict[Sequence[str], WarmServer] = {}
_modules: Sequence[str] = LIGHT


def use_keras(*, wanted: bool) -> None:
    """Let the commands that follow find Keras imported, or not."""
    global _modules
    _modules = WITH_KERAS if wanted else LIGHT


def start_python(
    *words: object,
    cwd: Path | None = None,
    patch: str = "",
    session: bool = False,
    frameworks: bool = False,
    **changes: str,
) -> Started:
    """Start ``python WORDS``; with `frameworks` it finds those of all backends imported, but not Keras."""
    modules = WITH_FRAMEWORKS if frameworks else _modules
    if modules not in _servers:
        _servers[modules] = WarmServer(modules)
    server = _servers[modules]
    return server.start(list(map(str, words)), cwd or Path.cwd(), environment(**changes), patch, session)


def start_cnnlab(*arguments: object, session: bool = True) -> Started:
    """Start ``cnnlab`` beside the test, in a process group of its own."""
    return start_python("-m", "cnnlab", *arguments, session=session)


def run_cnnlab(
    *arguments: object,
    cwd: Path | None = None,
    timeout: float = 240,
    patch: str = "",
    **changes: str,
) -> Finished:
    """Run ``cnnlab`` in a process of its own, in the end as a person does; `patch` is Python code that is run first.

    Variables that act on imports take a process that starts from nothing.
    """
    words = list(map(str, arguments))
    if not patch and any(name.startswith(IMPORT_TIME) for name in changes):
        return run_cold(*words, cwd=cwd, timeout=timeout, **changes)
    others = not patch and any("torch" in word or "jax" in word for word in words)
    return start_python("-m", "cnnlab", *words, cwd=cwd, patch=patch, frameworks=others, **changes).wait(
        timeout
    )


def serve(modules: Sequence[str]) -> None:
    """Import `modules`; then fork for each job on stdin, and print the process, and in the end its exit code."""
    for name in modules:
        importlib.import_module(name)
    gc.freeze()
    do_not_wait_for_the_disk()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those who wait for commands need nobody to wait for them
    answers = os.dup(1)
    for line in sys.stdin:
        if os.fork():
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        pid = os.fork()
        if pid == 0:
            os.close(answers)
            _become(json.loads(line))
            return
        os.write(answers, f"{pid}\n".encode().rjust(LINE))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(answers, f"{pid} {code}\n".encode().rjust(LINE))
        os._exit(0)


def _become(job: dict[str, Any]) -> None:
    """Be the process of a command, from its first line to its end."""
    if job["session"]:
        os.setsid()
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(Path(job["folder"], name), os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(job["variables"])
    os.chdir(job["cwd"])
    multiprocessing.util.spawnv_passfds = _forked  # type: ignore[assignment]
    exec(job["patch"], {})
    first, *rest = job["words"]
    if first == "-m":
        sys.path[0] = job["cwd"]
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(first).resolve().parent)
        sys.argv = [first, *rest]
        runpy.run_path(first, run_name="__main__")


def _forked(path: str, arguments: Sequence[str], handles: Sequence[int]) -> int:
    """Start a Python process of `multiprocessing`, given as ``python -c CODE ...``, by a fork of this one."""
    pid = os.fork()
    if pid:
        return pid
    code, kept = 1, sys.modules["__main__"]  # noqa: F841
    for each in gc.get_objects():
        if issubclass(type(each), _ConnectionBase):
            each._handle = (
                None  # the other process's: when it goes here, it must not close a number given anew
            )
    gc.freeze()
    try:
        for handle in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
            if handle > 2 and handle not in handles:
                with contextlib.suppress(OSError):  # the one of the listing itself
                    os.close(handle)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        start = arguments.index("-c") + 1
        sys.argv = ["-c", *arguments[start + 1 :]]
        sys.modules["__main__"] = ModuleType("__main__")
        exec(arguments[start], {"__name__": "__main__"})
        code = 0
    except SystemExit as error:
        code = int(error.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # Python's tracker of resources closes some
                stream.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1:])
