"""A judged file is read the same whatever other threads do."""

import ast
import contextlib
import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnlab.judge.source import read_source

DEEP = "x = " + "(" * 40 + "1" + ")" * 40 + "\ny = [1, [2, [3, [4]]]]\n"


class Ring:
    """Garbage whose finalizer lets other threads run in the midst of a parser."""

    def __init__(self) -> None:
        self.ring = self

    def __del__(self) -> None:
        for _ in range(20):
            pass


@pytest.fixture
def other_parsers() -> Iterator[None]:
    """Two threads that parse all the while, and a garbage collector that often runs finalizers.

    A plain `ast.parse` beside them raises SystemError in one of three calls, on Python 3.11.
    """
    stop, interval, thresholds = threading.Event(), sys.getswitchinterval(), gc.get_threshold()

    def parse() -> None:
        while not stop.is_set():
            for _ in range(100):
                Ring()
            with contextlib.suppress(SystemError):
                ast.parse(DEEP * 200)

    threads = [threading.Thread(target=parse) for _ in range(2)]
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50, 2, 2)
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


@pytest.mark.heavy
@pytest.mark.usefixtures("other_parsers")
def test_a_file_is_read_while_other_threads_parse(tmp_path: Path) -> None:
    file = tmp_path / "cnn.py"
    file.write_text(DEEP * 200 + "def conv2d(x):\n    return x\n")
    for _ in range(20):
        for _ in range(100):
            Ring()
        assert read_source(file).lines == {"conv2d": 401}
    assert gc.isenabled()
