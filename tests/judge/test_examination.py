"""The questions are drawn from a seed."""

from pathlib import Path

import pytest

from cnnlab.judge.examination import prepare
from cnnlab.judge.judge import judge_file
from cnnlab.judge.limits import Limits
from tests.judge.submissions.editing import reference_source

pytestmark = pytest.mark.heavy
RIGHT = reference_source("vectorised")


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_name_the_same(seed: int, tmp_path: Path) -> None:
    file = tmp_path / "cnn.py"
    file.write_text(RIGHT)
    result = judge_file(file, prepare(seed=seed), tmp_path, Limits())
    assert result.findings == []
