"""verify.json as it is written and read again."""

import math
from pathlib import Path

import pytest

from cnnlab.files import write_json
from cnnlab.runs.verification import (
    ArrayVerdict,
    CaseVerdict,
    LayersVerdict,
    NetworkVerdict,
    SidesCount,
    VerificationRecord,
    read_verification,
)

ARRAY = ArrayVerdict(
    passed=False,
    name="gradient of kernel",
    keras_shape=(2, 3),
    numpy_shape=(),
    keras_sum=1.5,
    numpy_sum=0.0,
    sum_difference=1.5,
    largest_difference=math.inf,
    terms=9,
    tolerance=1e-15,
)
VERIFICATION = VerificationRecord(
    passed=False,
    seed=3,
    dtype="float64",
    forward_only=False,
    layers=LayersVerdict(
        passed=False,
        tolerance_rule="rule",
        kinds=(),
        cases=(CaseVerdict(passed=False, kind="Dense", case="units=4", arrays=(ARRAY,)),),
    ),
    network=NetworkVerdict(
        passed=True,
        tolerance_rule="rule",
        nudge_rule="nudge",
        images=8,
        weights=12,
        weights_numpy=12,
        weights_by_layer={"dense": SidesCount(keras=12, numpy=12)},
    ),
    data=None,
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Infinite differences included."""
    path = tmp_path / "verify.json"
    write_json(path, VERIFICATION.model_dump())
    assert read_verification(path) == VERIFICATION
    assert ARRAY.backward
    assert ARRAY.badness == math.inf


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"passed": true}', "[" * 100_000])
def test_a_missing_or_damaged_file_has_no_verdict(content: str | None, tmp_path: Path) -> None:
    """Half a verdict is none."""
    if content is not None:
        (tmp_path / "verify.json").write_text(content)
    assert read_verification(tmp_path / "verify.json") is None
