"""``cnnlab`` commands in processes forked from one that has imported what they need.

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
import traceback
from collections.abc import Sequence
from multiprocessing.connection import _ConnectionBase  # type: ignore[attr-defined]
from pathlib import Path
from select import select
from types import ModuleType
from typing import Any

from tests.commands import REPOSITORY, Finished, environment, run_cold

LIGHT = (
    *("cnnlab.cli.report", "cnnlab.cli.runs", "cnnlab.config.load", "scipy.special"),
    *("matplotlib.backends.backend_agg", "matplotlib.figure"),
)
WITH_KERAS = ("cnnlab.cli.train", "cnnlab.executors.preload_keras", *LIGHT)
IMPORT_TIME = ("PYTHON", "KERAS_", "TF_", "OMP_", "MPL")  # variables that act while modules are imported


class WarmServer:
    """A process that has imported `modules`, and forks once for every command."""

    def __init__(self, modules: Sequence[str]) -> None:
        """Start it; it ends with this process."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", *modules],
            cwd=REPOSITORY,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.process.kill)

    def run(
        self, arguments: Sequence[str], cwd: Path, variables: dict[str, str], patch: str, timeout: float
    ) -> Finished:
        """Run ``cnnlab`` with `arguments`, after the Python code `patch`."""
        with tempfile.TemporaryDirectory() as folder:
            job = {"arguments": arguments, "cwd": str(cwd), "variables": variables, "patch": patch}
            print(json.dumps(job | {"folder": folder}), file=self.process.stdin, flush=True)
            pid = self._answer(timeout=60)
            try:
                code = self._answer(timeout)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._answer(timeout=60)
                raise
            return Finished(code, *(Path(folder, name).read_text() for name in ("out", "err")))

    def _answer(self, timeout: float) -> int:
        stream: Any = self.process.stdout
        if not select([stream], [], [], timeout)[0]:
            raise TimeoutError(f"no answer within {timeout} s")
        return int(stream.readline())


_servers: dict[Sequence[str], WarmServer] = {}
_modules: Sequence[str] = LIGHT


def use_keras(*, wanted: bool) -> None:
    """Let the commands that follow find Keras imported, or not."""
    global _modules
    _modules = WITH_KERAS if wanted else LIGHT


def run_cnnlab(
    *arguments: object,
    cwd: Path | None = None,
    timeout: float = 240,
    patch: str = "",
    **changes: str,
) -> Finished:
    """Run ``cnnlab`` in a process of its own, in the end as a person does; `patch` is Python code that is run first.

    Other backends than TensorFlow, and variables that act on imports, take a process that starts from nothing.
    """
    words = list(map(str, arguments))
    others = any("torch" in word or "jax" in word for word in words)
    if not patch and (others or any(name.startswith(IMPORT_TIME) for name in changes)):
        return run_cold(*words, cwd=cwd, timeout=timeout, **changes)
    if _modules not in _servers:
        _servers[_modules] = WarmServer(_modules)
    return _servers[_modules].run(words, cwd or Path.cwd(), environment(**changes), patch, timeout)


def serve(modules: Sequence[str]) -> None:
    """Import `modules`; then fork for each job on stdin, and print the process and its exit code."""
    for name in modules:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            answers.close()
            _become(json.loads(line))
            return
        print(pid, file=answers, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=answers, flush=True)


def _become(job: dict[str, Any]) -> None:
    """Be the process of a command, from its first line to its end."""
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(Path(job["folder"], name), os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(job["variables"])
    os.chdir(job["cwd"])
    sys.path[0] = job["cwd"]
    sys.argv = ["cnnlab", *job["arguments"]]
    multiprocessing.util.spawnv_passfds = _forked  # type: ignore[assignment]
    exec(job["patch"], {})
    runpy.run_module("cnnlab", run_name="__main__", alter_sys=True)


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
