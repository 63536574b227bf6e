"""Machines that may give other last bits."""

from dataclasses import replace

from cnnlab.executors.machine import Machine


def test_another_machine_is_named_by_what_may_change_its_numbers() -> None:
    here = Machine.here()
    assert here.differences(here) is None
    there = replace(here, host="node-7", versions={**here.versions, "keras": "3.14.0"})
    text = there.differences(here)
    assert text is not None
    assert text.startswith("on node-7 keras is 3.14.0 (")
    assert text.endswith("numbers from there may differ in the last bits.")


def test_it_travels_as_plain_data() -> None:
    assert Machine.from_plain(Machine.here().plain()) == Machine.here()
