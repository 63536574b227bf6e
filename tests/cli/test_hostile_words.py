"""What a person, a script or a slip can put behind a command: always a sentence, never a traceback or a hang."""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnlab.cli.app import main
from cnnlab.report import make
from tests import fake_runs
from tests.sample_configs import MINIMAL

pytestmark = pytest.mark.heavy

WORDS = (
    *("", " ", "x" * 300, "x" * 5000, "~nobody-of-that-name/x", "..", "/dev/null", "/dev/zero"),
    *("file", "file/x", "loop", "loop/x", "dangling", "no text \udcff", "\udcff", "*", "[", "a\nb"),
    *(
        "\x1b[31m",
        "run\u202e",
        "%s",
        "{}",
        "--",
        "/dev/full",
        "/proc/self/mem",
        "$HOME",
        "pipe",
        "\xb2",
        "9" * 5000,
    ),
)
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "report": lambda w: ["report", w],
    "report --runs-dir": lambda w: ["report", "latest", "--runs-dir", w, "--json"],
    "runs list": lambda w: ["runs", "list", "--runs-dir", w, "--json"],
    "runs list --since": lambda w: ["runs", "list", "--since", w],
    "runs show": lambda w: ["runs", "show", w],
    "runs diff": lambda w: ["runs", "diff", "latest", w],
    "runs rm": lambda w: ["runs", "rm", "--", w],
    "runs export": lambda w: ["runs", "export", w],
    "config check": lambda w: ["config", "check", w],
    "config copy": lambda w: ["config", "copy", w],
    "config copy to": lambda w: ["config", "copy", "quickstart", w],
    "train -c": lambda w: ["train", "--print-config", "-c", w],
    "train --set": lambda w: ["train", "--print-config", "-c", "good.yaml", "--set", w],
    "train --set name": lambda w: ["train", "--print-config", "-c", "good.yaml", "--set", f"name={w}"],
    "train --set extensions": lambda w: ["train", "-c", "good.yaml", "--set", f'extensions=["{w}.py"]'],
    "train --repeats": lambda w: ["train", "--print-config", "-c", "good.yaml", "--repeats", w],
    "train --jobs": lambda w: ["train", "-c", "bad.yaml", "--jobs", w],
    "data check": lambda w: ["data", "check", w],
    "data check --data-dir": lambda w: ["data", "check", "mnist", "--data-dir", w],
    "data check pcam": lambda w: ["data", "check", "pcam", "--data-dir", w],
    "data fetch --splits": lambda w: ["data", "fetch", "pcam_lab", "--splits", w],
    "datasets": lambda w: ["datasets", "--data-dir", w],
    "blocks": lambda w: ["blocks", w],
    "judge --template": lambda w: ["judge", "--template", w],
    "": lambda w: [w],
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a run and some obstacles in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fake_runs.make_run(tmp_path / "runs", accuracies=[0.9], epochs=2)
    (tmp_path / "file").write_text("x")
    (tmp_path / "good.yaml").write_text(MINIMAL)
    (tmp_path / "bad.yaml").write_text("name: 1")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "no text \udcff").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_any_word_is_answered(name: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Exit code 0, 2 or 5, printable text, and a reason wherever it is not 0."""
    if name == "report":
        os.mkfifo(place / "pipe")
    for word in WORDS:
        monkeypatch.setattr(sys, "argv", ["cnnlab", *COMMANDS[name](word)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert ended.value.code in {0, 2, 5}, (word, err)
        assert ended.value.code == 0 or err.strip(), word
        assert "Traceback" not in err, word
        shown = err + (out if name.startswith("report") else "")  # elsewhere it may be the word itself
        assert all(c.isprintable() or c == "\n" for c in shown) or name == "", (word, shown)


def test_an_error_of_the_system_is_a_sentence(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Wherever it comes from: place and reason, exit 2."""

    def refuse(*arguments: Any) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr(make, "select_runs", refuse)
    monkeypatch.setattr(sys, "argv", ["cnnlab", "report"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "cnnlab: /somewhere: Permission denied.\n"


def test_an_error_of_ours_keeps_its_traceback(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is not dressed up as a person's mistake."""

    def slip(*arguments: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(make, "select_runs", slip)
    monkeypatch.setattr(sys, "argv", ["cnnlab", "report"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_a_terminal_of_few_characters(place: Path, cnnlab: Any) -> None:
    """ASCII alone, and a run whose name is more than that."""
    fake_runs.make_run(place / "runs", accuracies=[0.9], epochs=2, name="Röntgen 数字 →")
    done = cnnlab("report", "latest", "--json", cwd=place, PYTHONIOENCODING="ascii")
    assert done.code == 0, done.err
    assert "R\\xf6ntgen" in done.out
