"""The help of every command, as it is read at 80 columns."""

import inspect
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from cnnlab.cli.app import EPILOG, app
from cnnlab.cli.commands import COMMANDS, load
from tests.conftest import REPOSITORY, environment
from tests.fake_runs import make_run
from tests.judge.submissions.editing import reference_source


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


def examples() -> list[str]:
    """The commands that help shows: the first steps, and the example of each command."""
    first_steps = (
        " ".join(EPILOG.partition("\n")[0].split()).removeprefix("First steps: ").rstrip(".").split(", ")
    )
    texts = [
        "\n".join(filter(None, (command.help for command in commands_of(load(name))))) for name in COMMANDS
    ]
    return [*first_steps, *re.findall(r"^ *Example: (.+)$", "\n".join(texts), re.MULTILINE)]


def commands_of(command: Any) -> list[Any]:
    """A command, or those of a group."""
    return list(command.commands.values()) if hasattr(command, "commands") else [command]


WITH_KERAS = ("train", "evaluate", "predict", "explain", "compare", "model", "preview", "verify", "doctor")
CODES = {"runs rm": 2, "data check": 5}  # nobody answers; there are no such data
SHORTER = {  # what must not take long, or load anything
    "train": "--smoke",
    "verify": "--smoke --dataset mnist10k --layer dense",
}
PATCHES = {  # what would need a network, or minutes
    "data fetch": "import cnnlab.cli.data as data; data.fetch_dataset = lambda *words: []",
    "compare --config": "import cnnlab.api as api; api.compare_backends = lambda *words, **options: exit(0)",
}


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout's configs, some runs, and the files that the examples name."""
    place = tmp_path_factory.mktemp("laboratory")
    (place / "configs").symlink_to(REPOSITORY / "configs")
    (place / "submissions").mkdir()
    (place / "submissions/cnn.py").write_text(reference_source("vectorised"))
    for second, name in enumerate(("lab2025", "baseline", "lab2025"), start=57):
        now = datetime(2026, 11, 21, 23, 58, second)
        make_run(place / "runs", name=f"mnist128-{name}", epochs=2, now=now, first_seed=100 * second)
    make_run(place / "runs", name="other", epochs=2, now=datetime(2026, 11, 21, 23, 59))
    return place


def run_example(example: str, place: Path, cnnlab: Any) -> None:
    """Run an example as it stands, or shortened; it must end as it should."""
    words = shlex.split(example.partition(" > ")[0])[1:]
    command = " ".join(words[:2])
    words += shlex.split(SHORTER.get(words[0], ""))
    done = cnnlab(*words, cwd=place, patch=PATCHES.get(command, ""), HOME=str(place))
    assert done.code == CODES.get(command, 0), (example, done.err)
    assert "Traceback" not in done.err


@pytest.mark.parametrize("example", [e for e in examples() if e.split()[1] not in WITH_KERAS])
def test_every_example_works(example: str, laboratory: Path, cnnlab: Any) -> None:
    """As it is copied from the help, among runs that are called so."""
    run_example(example, laboratory, cnnlab)


@pytest.mark.keras
@pytest.mark.parametrize("example", [e for e in examples() if e.split()[1] in WITH_KERAS])
def test_every_example_that_needs_keras_works(
    example: str, laboratory: Path, tiny_run: Path, tmp_path: Path, cnnlab: Any
) -> None:
    """The same, where networks are built; `latest` is a run that has some."""
    for each in ("configs", "runs"):
        (tmp_path / each).symlink_to(laboratory / each)
    if not (laboratory / "runs" / tiny_run.name).exists():
        shutil.copytree(tiny_run, laboratory / "runs" / tiny_run.name)
    shutil.copy(REPOSITORY / "configs/quickstart.yaml", tmp_path)
    with h5py.File(tmp_path / "test_x.h5", "w") as file:
        file["x"] = np.zeros((3, 28, 28, 1), "uint8")
    run_example(example, tmp_path, cnnlab)


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
        "import sys; from cnnlab.cli.app import EPILOG, app\n"
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
