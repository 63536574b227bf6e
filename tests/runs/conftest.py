import functools
import subprocess

import pytest

from tests import fake_runs

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example")


@pytest.fixture
def make_run(tmp_path):
    """Make a run folder in a runs directory of the test's own."""
    return functools.partial(fake_runs.make_run, tmp_path / "runs")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A new git repository with one commit, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cnn.py").write_text("x = 1\n")
    for command in (["init", "-q"], ["add", "."], [*IDENTITY, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    return tmp_path
