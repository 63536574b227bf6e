"""What came of a network's steps."""

from typing import Any

import pytest

from cnnlab.judge.session import NetworkReply

RAISED = {"kind": "raised", "type": "ValueError"}
NOTHING = {"kind": "none"}


@pytest.mark.parametrize(
    ("reply", "lost", "kind", "built"),
    [
        ({"construct": NOTHING, "setup": NOTHING, "set": NOTHING}, None, "none", True),
        ({"construct": RAISED}, None, "raised", False),
        ({"construct": NOTHING, "setup": RAISED}, None, "raised", False),
        ({}, "time_limit", "time_limit", False),
        ({}, None, "missing", False),
    ],
)
def test_a_step_that_was_not_reached_has_the_outcome_of_what_stopped_it(
    reply: dict[str, Any], lost: str | None, kind: str, built: bool
) -> None:
    network = NetworkReply(reply, {}, lost)
    assert network.of("set").kind == kind and network.built is built
    if not built and kind != "missing":
        assert [outcome.kind for outcome in network.samples(2)] == [kind, kind]
