from datetime import datetime, timedelta

import pytest

from cnnlab.errors import RunError
from cnnlab.report.gather import gather

START = datetime(2026, 11, 21)


@pytest.fixture
def paths(make_run):
    """Two runs of one experiment, and one of another."""
    second = {"first_seed": 200, "now": START + timedelta(hours=1)}
    other = {"name": "other", "experiment": "3" * 64, "now": START + timedelta(hours=2)}
    return [make_run(now=START).path, make_run(**second).path, make_run(**other).path]


def test_runs_are_kept_apart_pooled_or_set_side_by_side(paths):
    assert len(gather(paths).reports) == 3 and gather(paths).comparison is None
    (pool,) = gather(paths[:2], group=True).reports
    assert len(pool.run.done) == 6 and len(pool.sources) == 2
    both = gather(paths, group=True, side_by_side=True)
    assert [len(report.run.done) for report in both.reports] == [6, 3]
    assert both.comparison.sides == both.reports


def test_one_side_is_nothing_to_compare(paths):
    with pytest.raises(RunError, match="at least two runs"):
        gather(paths[:1], side_by_side=True)


def test_notes_are_kept(paths):
    assert gather(paths[:1], notes=["a", "b"]).notes == ("a", "b")
