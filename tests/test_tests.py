"""What the tests owe their readers: a test beside each module, and something that each of them shows."""

import ast
from pathlib import Path

import pytest

from tests.conftest import TESTS

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
