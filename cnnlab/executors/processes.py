"""Processes of our own, from programs of every kind: scripts without a guard, notebooks, the command line."""

import contextlib
import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

from cnnlab.backends import active
from cnnlab.errors import CnnlabError

SECONDS_TO_STOP = 10.0

_preloaded: list[str] = []  # the backend that the fork server of this process imports


def context_for_workers() -> Any:
    """Fork workers from a process with Keras imported where platform and backend can; else start each anew."""
    backend = active()
    if hasattr(os, "fork") and backend.forks and not _preloaded:
        _preloaded.append(backend.name)
    if _preloaded != [backend.name]:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cnnlab.executors.preload_keras"])
    return context


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """While a process is started, hide the program that starts it.

    A child runs the file of its parent's ``__main__`` once more, for functions that are pickled from there. Ours never
    are, and a script that trains without ``if __name__ == "__main__"`` would train in each child again.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def in_process(
    function: Callable[[Any, Callable[[str], None]], Any], argument: Any, report: Callable[[str], None]
) -> Any:
    """Return ``function(argument, report)``, called in a process of its own; `report` is called in this one.

    Raises the CnnlabError that it raised, and RuntimeError, with its traceback, for anything else. On
    KeyboardInterrupt the process, which a terminal interrupts as well, is given some seconds to end.
    """
    context = multiprocessing.get_context("spawn")  # it may choose a backend of its own
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function, argument), daemon=False)
    with without_main():
        process.start()
    theirs.close()
    try:
        while True:
            kind, content = ours.recv()
            if kind == "reported":
                report(content)
            elif kind == "returned":
                return content
            elif kind == "refused":
                raise content
            else:
                raise RuntimeError(f"a process of cnnlab failed:\n{content}")
    except EOFError:
        process.join()
        raise RuntimeError(f"a process of cnnlab ended with exit code {process.exitcode}.") from None
    finally:
        process.join(SECONDS_TO_STOP)
        if process.is_alive():
            process.kill()
            process.join()
        ours.close()


def _serve(connection: Connection, function: Callable[..., Any], argument: Any) -> None:
    try:
        answer = "returned", function(argument, lambda text: connection.send(("reported", text)))
    except CnnlabError as error:
        answer = "refused", error
    except Exception:
        answer = "failed", traceback.format_exc()
    connection.send(answer)
