"""The worker's end of the pipe: when it stops, and what it does when nobody listens any more."""

import multiprocessing
import os

import pytest

from cnnlab.executors import worker
from cnnlab.executors.base import Event
from cnnlab.training.rules import Stopped


def test_a_repeat_goes_on_until_the_parent_sends_anything_or_is_gone() -> None:
    for ending in ("sends", "is gone"):
        ours, theirs = multiprocessing.Pipe()
        parent = worker._Parent(ours)
        parent.check()
        parent.report(Event("started"))
        assert theirs.recv() == Event("started")
        if ending == "sends":
            theirs.send("stop")
        else:
            theirs.close()
        with pytest.raises(Stopped):
            parent.check()
        ours.close()
        theirs.close()


def test_events_for_a_parent_that_is_gone_are_dropped() -> None:
    """That it is gone shows at the next check."""
    ours, theirs = multiprocessing.Pipe()
    theirs.close()
    parent = worker._Parent(ours)
    parent.report(Event("epoch"))
    with pytest.raises(Stopped):
        parent.check()
    ours.close()


def test_sigterm_waits_for_the_next_check_of_a_repeat_and_for_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    ours, theirs = multiprocessing.Pipe()
    parent = worker._Parent(ours)
    parent.busy = True
    parent.stop(15, None)
    assert ended == []
    with pytest.raises(Stopped):
        parent.check()
    parent.busy = False
    parent.stop(15, None)
    assert ended == [0]
    ours.close()
    theirs.close()
