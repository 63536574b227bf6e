"""The help of every command, as it is read at 80 columns."""

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from typer.testing import CliRunner

from cnnlab.cli.app import app
from cnnlab.cli.commands import COMMANDS, load
from tests.conftest import environment


def words_of_all() -> Iterator[tuple[str, ...]]:
    """The words of every command and group: (), ("train",), ("runs",), ("runs", "list"), ..."""
    yield ()
    for name in COMMANDS:
        yield (name,)
        yield from ((name, below) for below in getattr(load(name), "commands", {}))


ALL = list(words_of_all())


def help_of(words: tuple[str, ...], monkeypatch: Any) -> str:
    """What ``cnnlab WORDS --help`` prints in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(app, [*words, "--help"], prog_name="cnnlab")
    assert done.exit_code == 0
    return done.output


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_help_reads_well_at_80_columns(words: tuple[str, ...], monkeypatch: Any) -> None:
    """Nothing is wider or cut off, flags and arguments carry no Python type, and there is an example to copy."""
    text = help_of(words, monkeypatch)
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert "…" not in text and not re.search(r"\w\.\.\.$", text, re.MULTILINE)
    assert "bool>" not in text and "<list" not in text and "<str>" not in text
    assert "Commands:" in text or "Example: cnnlab " in text


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_paragraphs_of_help_are_wrapped_by_the_terminal_alone(
    words: tuple[str, ...], monkeypatch: Any
) -> None:
    """A line break of a docstring would stand in the middle of a terminal's line."""
    text = re.split("Arguments:|Options:|Commands:", help_of(words, monkeypatch))[0]
    for paragraph in text.split("\n\n")[1:]:
        lines = paragraph.splitlines()
        for line, following in pairwise(lines):
            assert len(f"{line} {following.split()[0]}") > 78, line


def test_brackets_are_printed_as_they_are(monkeypatch: Any) -> None:
    """[random_flip] is no markup; nor is a long key cut off."""
    text = " ".join(help_of(("train",), monkeypatch).split())
    assert "'augment={none: [], flip: [random_flip]}'" in text
    assert "model.0.conv_block.filters=16." in text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_each_commands_own_one_liner(name: str) -> None:
    """The first line of its docstring, or, of a group, its help; in the list of commands it fits into one line."""
    module = import_module(f"cnnlab.cli.{name}")
    own = module.app.info.help if hasattr(module, "app") else inspect.getdoc(getattr(module, name))
    assert own.splitlines()[0] == COMMANDS[name]
    assert len(f"  {'datasets'}  {COMMANDS[name]}") <= 78


def test_the_first_page_imports_no_command() -> None:
    """All are listed, and none is imported, nor pydantic, NumPy or Rich."""
    code = (
        "import sys; from cnnlab.cli.app import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*(m for m in sys.modules if m.startswith('cnnlab.cli.') or m in {'pydantic', 'numpy', 'rich'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    *page, imported = done.stdout.splitlines()
    listed = {line.split()[0] for line in page if line.startswith("  ")}
    assert set(COMMANDS) <= listed
    assert set(imported.split()) == {
        f"cnnlab.cli.{name}" for name in ("app", "commands", "complaints", "hints")
    }


def test_an_unknown_command_gets_the_nearest_name(cnnlab: Any) -> None:
    """Among those that are not imported."""
    done = cnnlab("trian")
    assert done.code == 2
    assert "No such command 'trian'" in done.err and "'train'" in done.err
