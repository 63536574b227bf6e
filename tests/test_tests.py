"""What the tests owe their readers: a test beside each module, and something that each of them shows."""

import ast
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, TESTS

PACKAGE = REPOSITORY / "cnnlab"
MIRRORED = (
    "",
    "augment",
    "backends",
    "blocks",
    "datasets",
    "datasets/folders",
    "datasets/pictures",
    "datasets/arrays",
    "datasets/pcam",
    "datasets/parquet",
    "executors",
    "loggers",
    "metrics",
    "predict",
    "preprocess",
    "report",
    "runs",
    "training",
    "verify",
)
"""Rooms in which each module has a test of its name; "" are the modules of the package itself."""

CHECKS = ("assert", "check", "require", "raises", "warns")
"""Beginnings of the names of functions that assert."""


def called(function: ast.FunctionDef) -> set[str]:
    """The names of all functions and methods that a function calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


@pytest.mark.parametrize(
    "path", sorted(TESTS.rglob("test_*.py")), ids=lambda path: str(path.relative_to(TESTS))
)
def test_a_test_asserts_or_says_what_it_shows(path: Path) -> None:
    """Its docstring does, where what it shows is that nothing is raised."""
    silent = [
        test.name
        for test in ast.walk(ast.parse(path.read_text()))
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_")
        if not any(isinstance(node, ast.Assert) for node in ast.walk(test))
        if not any(name.startswith(CHECKS) for name in called(test)) and not ast.get_docstring(test)
    ]
    assert not silent


def computes(path: Path) -> bool:
    """Whether a module has logic of its own: a function that does something, in what is no script."""
    tree = ast.parse(path.read_text())
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name != "__init__"
    ]
    silent = (ast.Pass, ast.Expr)  # `pass`, a docstring
    return "__main__" not in path.read_text() and any(
        not all(isinstance(line, silent) for line in function.body) for function in functions
    )


@pytest.mark.parametrize("room", MIRRORED)
def test_the_test_of_a_module_stands_under_its_name(room: str) -> None:
    """`tests/x/test_y.py` for `cnnlab/x/y.py`."""
    modules = (PACKAGE / room).glob("[a-z]*.py")
    tests = {path.name.removeprefix("test_") for path in (TESTS / room).glob("test_*.py")}
    assert [path.name for path in modules if path.name not in tests and computes(path)] == []
