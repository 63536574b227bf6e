"""Reading the judged file's text: can Python read it, and where do its functions stand."""

import ast
import contextlib
import gc
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PARSING = threading.Lock()


@dataclass(frozen=True)
class Source:
    """A file that Python can read, or the reason why not."""

    lines: dict[str, int] = field(default_factory=dict)
    """The line at which each function, class and method begins."""
    text: tuple[str, ...] = ()
    problem: tuple[str, int | None, str] | None = None
    """Identifier, line and message of what makes the file unreadable."""

    def line_text(self, number: int | None) -> str:
        """One line of the file; empty when there is no such line."""
        return self.text[number - 1] if number and 0 < number <= len(self.text) else ""


def read_source(file: Path) -> Source:
    """Read and compile a file without running it."""
    try:
        data = file.read_bytes()
    except OSError as error:
        return Source(problem=("file_unreadable", None, f"The file cannot be opened: {error.strerror}."))
    try:
        with _alone(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
            compile(data, str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        return Source(problem=("syntax_error", error.lineno, _syntax_message(error)))
    except (ValueError, RecursionError, MemoryError) as error:
        return Source(problem=("syntax_error", None, f"Python cannot read the file: {error}."))
    return Source(_lines(tree), tuple(data.decode("utf-8", "replace").splitlines()))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """No other thread of this process gets a turn while C code of the parser runs.

    CPython 3.11 counts the depth of all threads' trees together, and raises SystemError where it finds another's.
    Threads take turns within the parser only when the garbage collector runs a finalizer there.
    """
    with _PARSING:
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collecting:
                gc.enable()


def _syntax_message(error: SyntaxError) -> str:
    place = f" in line {error.lineno}" if error.lineno else ""
    return f"Python cannot read the file: {error.msg}{place}."


def _lines(tree: ast.Module) -> dict[str, int]:
    """Later definitions win, as when the file runs; methods of the class CNN go by their own names."""
    lines: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            lines[node.name] = node.lineno
        if isinstance(node, ast.ClassDef) and node.name == "CNN":
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines[inner.name] = inner.lineno
    return lines
