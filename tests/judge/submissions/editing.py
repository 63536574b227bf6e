"""Reading the two reference submissions and changing them by exact replacement."""

import ast
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
STYLES = ("vectorised", "loops")

Edit = tuple[str, str]


class EditError(ValueError):
    """A text to be replaced is not there exactly once."""


@cache
def reference_source(style: str) -> str:
    """The text of the correct submission of one style."""
    return (FOLDER / f"reference_{style}.py").read_text(encoding="utf-8")


def replace_once(source: str, old: str, new: str) -> str:
    """Replace a text that must occur exactly once."""
    if (count := source.count(old)) != 1:
        raise EditError(f"expected the text once, found it {count} times: {old!r}")
    return source.replace(old, new)


def apply_edits(source: str, edits: tuple[Edit, ...]) -> str:
    """Apply one replacement after the other."""
    for old, new in edits:
        source = replace_once(source, old, new)
    return source


@cache
def functions(source: str) -> list[ast.FunctionDef]:
    """All functions and methods of a file."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def find_function(source: str, name: str) -> ast.FunctionDef:
    """The one function or method of this name."""
    found = [node for node in functions(source) if node.name == name]
    if len(found) != 1:
        raise EditError(f"expected one function {name}, found {len(found)}")
    return found[0]


def function_source(source: str, name: str) -> str:
    """The whole text of a function, from `def` to its last line."""
    node = find_function(source, name)
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno]) + "\n"


def new_body(style: str, name: str, *lines: str) -> tuple[Edit, ...]:
    """The edit that keeps a function's first line and puts these lines in place of the rest."""
    text = function_source(reference_source(style), name)
    first = text.splitlines()[0]
    indent = " " * (len(first) - len(first.lstrip()) + 4)
    return ((text, first + "\n" + "".join(f"{indent}{line}\n" for line in lines)),)


def first_lines(style: str, name: str, *lines: str) -> tuple[Edit, ...]:
    """The edit that puts these lines at the beginning of a function's body."""
    text = function_source(reference_source(style), name)
    first, rest = text.split("\n", 1)
    indent = " " * (len(first) - len(first.lstrip()) + 4)
    return ((text, first + "\n" + "".join(f"{indent}{line}\n" for line in lines) + rest),)


def without(style: str, name: str) -> tuple[Edit, ...]:
    """The edit that takes a function out altogether."""
    return ((function_source(reference_source(style), name), ""),)
