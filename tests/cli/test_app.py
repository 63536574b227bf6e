"""Every command with streams that are closed, full, or whose reader has gone; and one that is interrupted."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cnnlab
from cnnlab.cli import doctor
from cnnlab.cli.app import main
from tests.commands import Finished
from tests.conftest import TINY, environment
from tests.fake_runs import make_run

SHORT = TINY.replace("epochs: 3", "epochs: 1").replace("train_size: 96", "train_size: 16")
LIGHT = {  # the arguments of a command, and its exit code
    "--help": 0,
    "--version": 0,
    "trian": 2,
    "report": 0,
    "report --json": 0,
    "report nothing": 2,
    "runs list": 0,
    "runs show": 0,
    "runs diff one two": 0,
    "runs export one": 0,
    "runs rm one": 2,  # nobody answers
    "runs rm one --yes": 0,
    "config check short.yaml": 0,
    "config check missing.yaml": 2,
    "config schema": 0,
    "config list": 0,
    "blocks": 0,
    "datasets": 0,
    "data check pcam_lab": 5,
    "train": 2,
}
WITH_KERAS = {
    "train -c short.yaml --jobs 1": 0,
    "train -c short.yaml --jobs 2": 0,
    "train -c short.yaml --sweep training.batch_size=8,16 --repeats 1": 0,
    "train -c short.yaml --dry-run": 0,
    "evaluate": 0,
    "explain --images 1": 0,
    "predict latest --split test --output classes.csv": 0,
    "verify --smoke --layer dense --skip-training": 0,
    "model -c short.yaml": 0,
    "doctor": 0,
}
ALL_CLOSED = """
import os, sys
for number, name in enumerate(("stdin", "stdout", "stderr")):
    os.close(number)
    setattr(sys, name, None)
    setattr(sys, f"__{name}__", None)
"""
READER_GONE = "import os; pipe = os.pipe(); os.close(pipe[0]); os.dup2(pipe[1], 1); os.dup2(pipe[1], 2)"
FULL = "import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 1)"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a config and two runs."""
    (tmp_path / "short.yaml").write_text(SHORT)
    for name in ("one", "two"):
        make_run(tmp_path / "runs", name=name, accuracies=[0.9], epochs=1)
    return tmp_path


@pytest.mark.heavy
@pytest.mark.parametrize("words", LIGHT)
def test_streams_that_nobody_holds_change_no_exit_code(words: str, place: Path, cnnlab: Any) -> None:
    """Closed ones, and pipes whose reader has gone; a full disk is a sentence, and 2 where it would have been 0."""
    code = LIGHT[words]
    runs = shutil.copytree(place / "runs", place / "kept")
    for streams, expected in ((ALL_CLOSED, code), (READER_GONE, code), (FULL, code or 2)):
        shutil.rmtree(place / "runs", ignore_errors=True)
        shutil.copytree(runs, place / "runs")
        done = cnnlab(*words.split(), cwd=place, patch=streams)
        assert done.code == expected, (streams, done)
        assert done.out == "" and "Traceback" not in done.err
        if streams == FULL and code == 0:
            assert done.err.endswith("cnnlab: standard output: No space left on device.\n")


@pytest.mark.keras
@pytest.mark.parametrize("words", WITH_KERAS)
def test_what_trains_and_measures_needs_no_streams(
    words: str, place: Path, tiny_run: Path, cnnlab: Any
) -> None:
    """Nor do its worker processes; all is written as ever."""
    if words.split()[0] in ("evaluate", "explain", "predict"):
        shutil.copytree(tiny_run, place / "runs" / tiny_run.name)
    for streams in (ALL_CLOSED, READER_GONE):
        (place / "classes.csv").unlink(missing_ok=True)
        done = cnnlab(*words.split(), cwd=place, patch=streams)
        assert done.code == WITH_KERAS[words], (streams, done)
    if "--dry-run" not in words and words.startswith("train"):
        listed: Finished = cnnlab("runs", "list", "--json", cwd=place)
        assert [run["status"] for run in listed.json["runs"]] == ["done"] * (3 if "--sweep" in words else 4)


@pytest.mark.keras
def test_a_training_in_the_background_of_a_shell_that_goes_away(place: Path) -> None:
    """nohup, without any stream: it trains to the end, and its files hold what is theirs."""
    command = 'nohup "$PYTHON" -m cnnlab train -c short.yaml --runs-dir new <&- >&- 2>&- & wait $!'
    done = subprocess.run(["bash", "-c", command], cwd=place, env=environment(PYTHON=sys.executable))
    assert done.returncode == 0
    (run,) = cnnlab.load_runs(runs_dir=place / "new")
    assert run.status == "done" and not run.notes
    assert [repeat.history["epoch"] for repeat in run.repeats] == [[1], [1]]


@pytest.mark.keras
def test_a_script_without_streams_trains(place: Path) -> None:
    """From Python it is the same."""
    program = "import cnnlab; cnnlab.train('short.yaml', runs_dir='new')"
    command = '"$PYTHON" -c "$PROGRAM" <&- >&- 2>&-'
    variables = environment(PYTHON=sys.executable, PROGRAM=program)
    assert subprocess.run(["bash", "-c", command], cwd=place, env=variables).returncode == 0
    assert cnnlab.load_run(runs_dir=place / "new").status == "done"


def test_ctrl_c_before_there_is_anything_to_save_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed() -> None:
        """Report what this machine has, and what might go wrong."""
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "doctor", pressed)
    monkeypatch.setattr("sys.argv", ["cnnlab", "doctor"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130
    assert capsys.readouterr().err == "cnnlab: interrupted.\n"
