import functools

import pytest

from tests import fake_runs


@pytest.fixture
def make_run(tmp_path, monkeypatch):
    """Make a run folder in a runs directory of the test's own, from which the test works."""
    monkeypatch.chdir(tmp_path)
    return functools.partial(fake_runs.make_run, tmp_path / "runs")
