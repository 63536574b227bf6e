import functools

import pytest

from tests import fake_runs


@pytest.fixture
def make_run(tmp_path):
    """Make a run folder in a runs directory of the test's own."""
    return functools.partial(fake_runs.make_run, tmp_path / "runs")
