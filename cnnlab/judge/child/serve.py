"""The loop of the child process: one JSON line in, one JSON line out, arrays in files beside.

Nothing that comes out of this process is unpickled or evaluated by the parent.
"""

import importlib
import json
import os
import sys
import time
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnnlab.judge.child import guard
from cnnlab.judge.child.network import NetworkRun
from cnnlab.judge.child.outcome import exception, twice
from cnnlab.judge.child.replace import replaced
from cnnlab.judge.child.streams import Streams, silence_descriptors

INTERFACE = ("activation", "conv2d_layer", "pool2d_layer", "flatten_layer", "dense_layer", "CNN")
Arrays = dict[str, np.ndarray]


class Server:
    """Answers requests about one module."""

    def __init__(self) -> None:
        self.module: ModuleType | None = None
        self.streams = Streams()

    def answer(self, request: dict[str, Any], arrays: Arrays, results: Arrays) -> dict[str, Any]:
        """Do what one request asks for."""
        self.streams.redirect()
        guard.allow_cpu(request["cpu_seconds"])
        started = time.process_time()
        reply = getattr(self, request["do"])(request, arrays, results)
        return reply | {"cpu_seconds": time.process_time() - started}

    def load(self, request: dict[str, Any], arrays: Arrays, results: Arrays) -> dict[str, Any]:
        """Set the bounds, then import the file; say which parts of the interface it has."""
        guard.limit_resources(request["memory_bytes"], request["file_bytes"])
        guard.forbid_writing_outside(tuple(request["writable"]))
        self.file = request["file"]
        sys.path += request["last_on_path"]
        error = None
        try:
            self.module = importlib.import_module(request["module"])
        except BaseException as raised:
            error = exception(raised, self.file) | {"at": _innermost(raised)}
        has = [name for name in INTERFACE if callable(getattr(self.module, name, None))]
        methods = [name for name in dir(getattr(self.module, "CNN", None)) if not name.startswith("__")]
        return {"error": error, "has": has, "methods": methods}

    def call(self, request: dict[str, Any], arrays: Arrays, results: Arrays) -> dict[str, Any]:
        """Call one function with several lists of arguments; a text is itself, ``["array", name]`` an array."""
        outcomes = []
        with replaced(self.module, request["replace"]):
            function = getattr(self.module, request["function"])
            for number, arguments in enumerate(request["calls"]):
                given = {a[1]: arrays[a[1]] for a in arguments if isinstance(a, list)}
                outcomes.append(twice(function, arguments, given, self.file, f"o{number}", results))
        return {"outcomes": outcomes}

    def network(self, request: dict[str, Any], arrays: Arrays, results: Arrays) -> dict[str, Any]:
        """Build the network and run it; see `NetworkRun`."""
        with replaced(self.module, request["replace"], request, arrays):
            return NetworkRun(self.module, self.file, request, arrays, results, self.streams).run()


def _innermost(error: BaseException) -> str:
    """The name of the file in which an import failed."""
    trace, name = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return (
        Path(getattr(error, "filename", None) or name).name
        if isinstance(error, SyntaxError)
        else Path(name).name
    )


def serve(requests: int, replies: int) -> None:
    """Answer until the parent closes its end."""
    os.set_inheritable(requests, False)
    os.set_inheritable(replies, False)
    silence_descriptors()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    server = Server()
    with os.fdopen(requests, encoding="utf-8") as incoming:
        for line in incoming:
            request = json.loads(line)
            results: Arrays = {}
            reply = server.answer(request, _read(request["arrays"]), results)
            if results:
                np.savez(request["results"], allow_pickle=False, **results)
            _send(replies, {"id": request["id"], "has_arrays": bool(results), **reply})
    sys.exit(0)


def _read(path: str | None) -> Arrays:
    if path is None:
        return {}
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _send(descriptor: int, reply: dict[str, Any]) -> None:
    data = json.dumps(reply).encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]
