"""The centre is typed: mypy finds what is misspelt in a config, a result or an event."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

HEAD = """\
from cnnlab.config.data_section import Data
from cnnlab.config.load import load_config
from cnnlab.config.schema import Config
from cnnlab.config.training_section import Training
from cnnlab.executors.base import Event
from cnnlab.runs.environment import Environment
from cnnlab.runs.result import Result
from cnnlab.runs.status import Status
from pathlib import Path


def images(data: Data) -> int | None:
    return data.train_size


def look(config: Config, training: Training, result: Result, status: Status, environment: Environment) -> None:
"""

PAIRS = [  # what mypy accepts, and what it must not
    ("config.training.label_smoothing", "config.training.lable_smoothing"),
    ("config.data.dataset.name", "config.data.dataset.nam"),
    ("config.evaluation.tta", "config.evaluation.ttta"),
    ("training.optimizer.parameters", "training.optimiser"),
    ('training.backend == "torch"', 'training.backend == "pytorch"'),
    ("round(training.epochs / 2)", "training.epochs.upper()"),
    (
        "training.early_stopping is None or training.early_stopping.patience",
        "training.early_stopping.patience",
    ),
    ("images(config.data)", "images(config)"),
    ('load_config(Path("c.yaml")).name', 'load_config(Path("c.yaml")).title'),
    ("result.best_epoch", "result.best_epok"),
    ("status.ended", "status.end"),
    ("environment.run_hash", "environment.runhash"),
    ('Event("done", 0)', 'Event("finished", 0)'),
    ('Event("done", repeat=0)', 'Event("done", repeat="0")'),
]


@pytest.mark.heavy
def test_mypy_finds_a_misspelt_key_a_missing_field_and_a_wrong_event(tmp_path: Path) -> None:
    """An error in each wrong line, and in none of the right ones."""
    pytest.importorskip("mypy")
    path = tmp_path / "looked_at.py"
    lines = [f"    {right}\n    {wrong}\n" for right, wrong in PAIRS]
    path.write_text(
        "".join([HEAD, *lines, f"# {path}\n"])
    )  # mypy remembers what it said of the same text elsewhere
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--hide-error-context"]
    done = subprocess.run([*command, str(path)], cwd=REPOSITORY, capture_output=True, text=True)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert all(line.startswith(str(path)) for line in errors), done.stdout
    first = HEAD.count("\n") + 1
    found = {int(line.removeprefix(f"{path}:").partition(":")[0]) for line in errors}
    wrong = {first + 2 * number + 1: text for number, (_, text) in enumerate(PAIRS)}
    assert found == set(wrong), done.stdout + done.stderr
