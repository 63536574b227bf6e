"""The judged file's process: what it finds, and what it leaves behind."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnlab.judge.results import FileResult
from tests.judge.submissions.editing import reference_source

pytestmark = pytest.mark.heavy
RIGHT = reference_source("vectorised")
JudgeText = Callable[..., FileResult]


def test_helpers_that_are_missing_or_import_tensorflow(judge_text: JudgeText) -> None:
    text = (
        "from data_generator import *\nimport util\nfrom tensorflow.keras import layers\nimport data_generator\n"
        + RIGHT.replace(
            "def __init__(self, dataset", "def __init__(self, dataset: data_generator.DataGenerator"
        )
    )
    assert judge_text(text).findings == []
    helper = "import tensorflow as tf\nfrom keras.datasets import mnist\ndef size(w):\n    return w.size\n"
    assert judge_text("import util\n" + RIGHT.replace("np.size(", "np.size("), util=helper).findings == []
    assert judge_text("import util\n" + RIGHT, util="raise RuntimeError('no')\n").findings == []


def test_worker_processes_of_the_file_find_its_module(judge_text: JudgeText) -> None:
    text = RIGHT.replace(
        "return np.array([self.feedforward_sample(image).ravel() for image in x])",
        "return np.array(_in_workers(self, x))",
    )
    assert text != RIGHT
    text += """

def _in_workers(network, x):
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as pool:
        return [p.ravel() for p in pool.map(_Call(network.W, network.b, network.lname, network.activation), x)]


class _Call:
    def __init__(self, *parts):
        self.parts = parts

    def __call__(self, image):
        network = CNN(None, False)
        network.W, network.b, network.lname, network.activation = self.parts
        return network.feedforward_sample(image)
"""
    assert judge_text(text).findings == []


def test_nothing_of_the_file_is_left_behind(judge_text: JudgeText, tmp_path: Path) -> None:
    """Neither files outside its scratch folder nor processes, even those in a session of their own."""
    mark = f"judged-{time.time_ns()}"
    target = tmp_path / "written"
    text = (
        "import pathlib, subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)', {mark!r}], start_new_session=True)\n"
        f"try:\n    pathlib.Path({str(target)!r}).write_text('x')\nexcept PermissionError:\n    pass\n"
        + RIGHT
    )
    assert judge_text(text).findings == []
    assert not target.exists()
    time.sleep(0.2)
    assert mark not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout


def test_a_pickle_from_the_child_is_never_loaded(judge_text: JudgeText, tmp_path: Path) -> None:
    """A function that returns objects with a harmful way of being unpickled is said to return no numbers."""
    target = tmp_path / "executed"
    text = RIGHT.replace(
        "def flatten_layer(h):", "def flatten_layer(h):\n    return np.array([_Evil()] * h.size, object)\n", 1
    )
    text += f"\nclass _Evil:\n    def __reduce__(self):\n        return (open, ({str(target)!r}, 'w'))\n"
    result = judge_text(text)
    assert ("flatten_layer", "wrong_type") in {(f.check, f.mistake) for f in result.findings}
    assert not target.exists()
