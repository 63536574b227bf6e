"""The parts of the judge, each alone."""

import math
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnnlab.judge import plain
from cnnlab.judge.answers import Answers
from cnnlab.judge.diagnosis import describe_difference, diagnose
from cnnlab.judge.examination import Examination, prepare
from cnnlab.judge.findings import FileResult
from cnnlab.judge.limits import Limits
from cnnlab.judge.mistakes import EVEN_KERNELS, FUNCTIONS, SAMPLE, simulate
from cnnlab.judge.outcome import Outcome, agreement
from cnnlab.judge.paths import find_files, module_name
from cnnlab.judge.printed import read_lines
from tests.judge.submissions.editing import reference_source

pytestmark = pytest.mark.heavy

RIGHT = reference_source("vectorised")
JudgeText = Callable[..., FileResult]


def test_the_plain_functions_agree_with_the_reference(examination: Examination) -> None:
    """The functions that stand in for wrong ones are right themselves."""
    for name, cases in examination.functions.items():
        function = plain.activate if name == "activation" else getattr(plain, name)
        for case in cases:
            assert agreement(np.asarray(function(*case.args)), case.expected) == "same", case.label
    for network in examination.networks:
        for image, right in zip(network.x, network.expected, strict=True):
            p = plain.feedforward_sample(image, *network.lists(), network.lname, network.activation)
            assert agreement(p, right) == "same", network.label


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_simulated_mistake_is_named_and_told_from_the_others(
    examination: Examination, name: str
) -> None:
    """Each way of making a mistake, taken for somebody's output, is diagnosed as that mistake."""
    cases = [case for case in examination.functions[name] if case.grade == "required"]
    for mistake in FUNCTIONS[name].entries:
        for way in mistake.ways:
            values = [simulate(way, case.args) for case in cases]
            outcomes = [Outcome("raised" if value is None else "array", value) for value in values]
            answers = Answers(cases, outcomes, [()] * len(cases))
            if not any(outcomes[i].value is not None for i in answers.bad()):
                continue  # with these arguments it always raises
            groups = {case.args[1] for case in cases} if name == "activation" else {""}
            for group in groups:
                part = answers.of([i for i, case in enumerate(cases) if not group or case.args[1] == group])
                found = diagnose(FUNCTIONS[name], part.cases, part.outcomes)
                if part.bad():
                    assert found is not None and found.name == mistake.name


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_name_the_same(judge_text: JudgeText, seed: int, tmp_path: Path) -> None:
    from cnnlab.judge.judge import judge_file

    file = tmp_path / "cnn.py"
    file.write_text(RIGHT)
    result = judge_file(file, prepare(seed=seed), tmp_path, Limits())
    assert result.findings == []


def test_no_mistake_explains_what_is_right(examination: Examination) -> None:
    for name, cases in examination.functions.items():
        outcomes = [Outcome("array", case.expected) for case in cases]
        assert diagnose(FUNCTIONS[name], cases, outcomes) is None
        assert diagnose(EVEN_KERNELS if name == "conv2d_layer" else SAMPLE, [], []) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Train loss: 0.1234", {"train_loss": 0.1234}),
        ("Test accuracy :98.1 %", {"test_accuracy": 98.1}),
        ("\tTRAIN ACC = .98", {"train_accuracy": 0.98}),
        ("Train loss (cross-entropy): -1e-3", {"train_loss": -0.001}),
        ("Train loss: 1.0, Train accuracy: 0.5", {"train_loss": 1.0, "train_accuracy": 0.5}),
        ("Test loss: inf\nTest loss: 2", {"test_loss": 2.0}),
        ("Test loss: np.float64(0.25)", {"test_loss": 0.25}),
        ("Validation loss: 3", {}),
        ("untrained loss: 3", {}),
    ],
)
def test_printed_lines_are_read(text: str, expected: dict[str, float]) -> None:
    assert {key: number.value for key, number in read_lines(text).items()} == expected


def test_printed_numbers_are_as_exact_as_they_are_printed() -> None:
    lines = read_lines("Train loss: 0.12\nTest loss: nan\nTrain accuracy: 97.22")
    assert lines["train_loss"].equals(0.1234) and not lines["train_loss"].equals(0.127)
    assert lines["train_accuracy"].equals_share(35 / 36) and math.isnan(lines["test_loss"].value)
    assert not lines["test_loss"].equals(0.3)


def test_a_difference_is_described_with_its_first_place() -> None:
    expected = np.zeros((2, 3))
    value = expected.copy()
    value[1, 2] = 0.5
    said = describe_difference(Outcome("array", value), expected)
    assert "1 of 6" in said and "[1, 2]" in said and "0.5" in said
    assert "(3, 2)" in describe_difference(Outcome("array", value.T), expected)


def test_files_are_found_in_folders_and_named_importably(tmp_path: Path) -> None:
    for place in ("a/cnn.py", "b/deep/cnn.py", "b/other.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    assert [
        p.relative_to(tmp_path).as_posix() for p in find_files([tmp_path, tmp_path / "a" / "cnn.py"])
    ] == [
        "a/cnn.py",
        "b/deep/cnn.py",
    ]
    names = [
        module_name(Path(name)) for name in ("cnn.py", "my cnn-2.py", "numpy.py", "class.py", "random.py")
    ]
    assert names == ["cnn", "submission", "submission", "submission", "submission"]


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


@pytest.mark.parametrize("place", ["file", "function"])
def test_a_file_that_needs_scikit_image_says_how_to_get_it(judge_text: JudgeText, place: str) -> None:
    """As where it is not installed."""
    hidden = "import sys\nsys.modules['skimage'] = None\n"
    text = (
        f"{hidden}from skimage import measure\n{RIGHT}"
        if place == "file"
        else hidden
        + RIGHT.replace("def flatten_layer(h):", "def flatten_layer(h):\n    import skimage.measure")
    )
    result = judge_text(text)
    finding = result.findings[0]
    assert result.judged == (place == "function")
    assert finding.mistake == ("import_failed" if place == "file" else "raises_exception")
    assert "pip install 'cnnlab[judge]'" in finding.message and "No module" not in finding.message


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


def test_feedback_holds_no_code_of_the_solution(examination: Examination) -> None:
    messages = [m.message for mistakes in FUNCTIONS.values() for m in mistakes.entries]
    assert all("np." not in message and "[" not in message and message.endswith(".") for message in messages)


CONVENTIONS = {
    "dense_columns": [
        ("correlate2d", "convolve2d", "conv2d_layer", "kernel_not_turned"),
        ("np.dot(W, h) + b, act", "np.dot(W, h), act", "dense_layer", "bias_missing"),
        (
            "-(y * np.log(p + 1e-15)).sum() / x.shape[0]",
            "((y - p) ** 2).mean()",
            "evaluate",
            "loss_is_mean_squared_error",
        ),
        ("act = 'softmax'", "act = 'linear'", "feedforward_sample", "softmax_missing"),
        ("h.flatten()", "h.flatten('F')", "flatten_layer", "flatten_column_major"),
        ("p.argmax(1) == y.argmax(1)", "p.argmin(1) == y.argmax(1)", "evaluate", "argmin_in_place_of_argmax"),
        ("return x * (x > 0)", "return np.abs(x)", "activation", "relu_is_absolute_value"),
    ],
    "dense_rows": [
        (
            "conv2d_layer(h, self.W[i]",
            "conv2d_layer(h, self.W[i][::-1, ::-1]",
            "feedforward_sample",
            "unknown_difference",
        ),
        ("W.T + b.reshape(1, -1), act", "W.T, act", "dense_layer", "bias_missing"),
        ("h.reshape(1, -1)\n\n", "h.T.reshape(1, -1)\n\n", "flatten_layer", "flatten_column_major"),
        ("self.b[-1], 'softmax'", "self.b[-1], 'sigmoid'", "feedforward_sample", "softmax_is_sigmoid"),
        ("np.concatenate([self", "np.stack([self", "dense_layer", "dense_returns_row"),
        ("testacc = np.mean(ptest", "testacc = np.mean(ptrain", "evaluate", "raises_exception"),
        (".max((0, 1))", ".mean((0, 1))", "pool2d_layer", "pool_is_mean"),
    ],
}


@pytest.mark.parametrize(
    ("base", "old", "new", "check", "mistake"),
    [(base, *rest) for base, edits in CONVENTIONS.items() for rest in edits],
)
def test_a_mistake_is_named_in_a_file_with_conventions_of_its_own(
    judge_text: JudgeText, base: str, old: str, new: str, check: str, mistake: str
) -> None:
    """Columns throughout are no mistake, and do not hide one."""
    text = (Path(__file__).parent / "submissions" / "correct_variants" / base / "cnn.py").read_text()
    assert text.count(old) == 1
    result = judge_text(text.replace(old, new))
    assert {(f.check, f.mistake) for f in result.of_grade("required")} == {(check, mistake)}
