"""Loggers through the real command line: what is missing stops a run before it starts, what fails harms none."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnnlab.runs.metrics_log import read_metrics
from tests.conftest import TINY

EXTENSION = '''\
"""Loggers that fail at every single call, and one whose package nobody has."""

import sys

from cnnlab.loggers import Logger, logger


class Failing(Logger):
    def __init__(self, at):
        self.at = at

    def __getattribute__(self, name):
        at = object.__getattribute__(self, "at") if name != "at" else ""
        if name == at == "epoch":
            sys.exit("leaving")
        if name == at:
            raise RuntimeError(f"no {name}\\n")
        return object.__getattribute__(self, name)


@logger
def failing(*, at: str):
    """Raises."""
    return Failing(at)


@logger(package="a_package_that_nobody_has", extra="special")
def absent():
    """Needs what is not there."""
'''
METHODS = ("start", "start_repeat", "epoch", "end_repeat", "end")


def write_config(folder: Path, logging: str) -> Path:
    """The tiny experiment with loggers of its own."""
    (folder / "my_loggers.py").write_text(EXTENSION)
    path = folder / "logged.yaml"
    path.write_text(f"{TINY}extensions: [my_loggers.py]\nlogging: {logging}\n")
    return path


def curves_and_results(repeat: Path) -> Any:
    """What does not depend on time."""
    columns = {name: c for name, c in read_metrics(repeat / "metrics.csv").items() if name != "seconds"}
    return columns, json.loads((repeat / "result.json").read_text())["metrics"]


def test_a_missing_package_is_told_before_anything_starts(tmp_path: Path, cnnlab: Any) -> None:
    """Exit 2, one sentence with place and way out, no run folder; the check of the config finds it, too."""
    config = write_config(tmp_path, "[tensorboard, absent]")
    done = cnnlab("train", "-c", config, "--runs-dir", tmp_path / "runs")
    assert done.code == 2
    assert done.err == (
        f"cnnlab: {config}, line 14, column 24, logging.1: 'absent' needs the package a_package_that_nobody_has, "
        "which is not installed here: pip install 'cnnlab[special]', or leave it out with --set logging=[].\n"
    )
    assert not (tmp_path / "runs").exists()
    checked = cnnlab("config", "check", config)
    assert (checked.code, checked.err) == (2, done.err)


@pytest.mark.keras
@pytest.mark.xdist_group("train")
def test_failing_loggers_change_nothing(tmp_path: Path, tiny_run: Path, cnnlab: Any) -> None:
    """One for each call that there is, and TensorBoard beside them: the run is the same to the bit."""
    failing = ", ".join(f"{{failing: {{at: {name}}}}}" for name in METHODS)
    config = write_config(tmp_path, f"[{failing}, tensorboard]")
    done = cnnlab("train", "-c", config, "--runs-dir", tmp_path / "runs", "--json")
    assert done.code == 0, done.err
    assert done.err.count("The logger failing failed and logs no more") == len(METHODS)
    run = Path(done.json["run"])
    for k in ("0", "1"):
        logged, plain = (curves_and_results(folder / "repeats" / k) for folder in (run, tiny_run))
        assert logged == plain
        (events,) = (run / "tensorboard" / f"repeat-{k}").iterdir()
        assert events.stat().st_size > 500
    assert (run / "logging.txt").read_text().count("Traceback") == len(METHODS)
