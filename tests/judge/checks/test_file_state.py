"""What is known of a file while it is judged."""

from pathlib import Path

import pytest

from cnnlab.judge.checks.file_state import FileState
from cnnlab.judge.checks.unusual_shapes import UnusualShape
from cnnlab.judge.outcome import CallOutcome
from cnnlab.judge.results import FAILED, FOLLOWS, PASSED, FileResult
from cnnlab.judge.source import Source


@pytest.fixture
def state() -> FileState:
    return FileState(FileResult(Path("cnn.py")), Source(lines={"CNN": 40, "dense_layer": 7}))


def test_what_is_wrong_is_replaced_from_its_grade_on(state: FileState) -> None:
    """A robust mistake is no reason to replace a function in a required check; setup_model never is replaced."""
    state.find("dense_layer", "required", "bias_missing", "")
    state.find("activation", "robust", "softmax_unstable", "")
    state.find("conv2d_layer", "beyond", "even_kernel_shifted", "")
    state.find("setup_model", "required", "not_written", "")
    state.shapes["dense_layer"] = "column"
    assert state.replace("required", {"flatten_layer"}) == {
        "dense_layer": "column",
        "flatten_layer": "vector",
    }
    assert state.replace("robust") == {"dense_layer": "column", "activation": "vector"}
    assert [finding.line for finding in state.result.findings] == [7, None, None, 40]


def test_a_failed_check_stays_failed(state: FileState) -> None:
    state.set_status("dense_layer", "required", PASSED)
    state.find("dense_layer", "required", "bias_missing", "")
    state.set_status("dense_layer", "required", FOLLOWS, {"activation"})
    check = state.result.checks["dense_layer"]
    assert check.status("required") == FAILED and check.because == {"activation"}


@pytest.mark.parametrize(
    ("changed", "repeats", "grade", "found"),
    [
        (("h",), True, "required", [("writes_into_input", "robust")]),
        (("h",), False, "required", [("writes_into_input", "required")]),
        (("h",), False, "beyond", [("writes_into_input", "robust")]),
        ((), False, "required", [("not_repeatable", "required")]),
        ((), True, "required", []),
    ],
)
def test_writing_into_arguments_is_grave_where_a_second_call_differs(
    state: FileState, changed: tuple[str, ...], repeats: bool, grade: str, found: list[tuple[str, str]]
) -> None:
    outcome = CallOutcome("array", changed=changed, repeats=repeats)
    for _ in range(2):  # the same is found once
        state.find_changes("dense_layer", grade, [outcome], "An array")
    assert [(f.mistake, f.grade) for f in state.result.findings] == found


def test_a_file_whose_functions_write_is_not_blamed_for_its_networks_too(state: FileState) -> None:
    outcome = CallOutcome("array", changed=("h",))
    state.find_changes("dense_layer", "required", [outcome], "An array")
    state.find_changes("conv2d_layer", "required", [outcome], "An array")
    state.find_changes("feedforward_sample", "required", [outcome], "The image", once=True)
    assert [f.check for f in state.result.findings] == ["dense_layer", "conv2d_layer"]


def test_unusual_shapes_are_notes_unless_something_goes_wrong_with_them(state: FileState) -> None:
    for name in ("flatten_layer", "dense_layer"):
        state.unusual[name] = UnusualShape((f"{name}_note", ""), (f"{name}_mistake", ""))
    state.find_harmful_shapes({"dense_layer"}, "required")
    state.find_harmless_shapes()
    assert [(f.mistake, f.grade) for f in state.result.findings] == [
        ("dense_layer_mistake", "required"),
        ("flatten_layer_note", "beyond"),
    ]
