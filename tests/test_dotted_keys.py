"""Nested data as one level."""

from cnnlab.dotted_keys import flatten


def test_lists_and_maps_become_keys_and_empty_ones_are_values():
    value = {"model": [{"conv": {"filters": 4}}, "flatten"], "augment": [], "published": {}, "seed": 0}
    assert flatten(value) == {
        "model.0.conv.filters": 4,
        "model.1": "flatten",
        "augment": [],
        "published": {},
        "seed": 0,
    }
    assert flatten(3, "a") == {"a": 3}
