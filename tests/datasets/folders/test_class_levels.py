"""Which level of folders holds the classes."""

import pytest

from cnnlab.datasets.folders.class_levels import are_groups, class_level, looks_like_ids
from cnnlab.errors import DataError


def level(*places, classes=()):
    return class_level("here", [tuple(place.split("/")) for place in places], classes)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (["ant", "bee"], (0, False)),
        (["ant/x", "bee"], (0, False)),
        (["p1/0", "p2/1"], (1, False)),
        (["9/0", "12/0", "15/1"], (1, False)),
        (["case A/normal", "case B/tumor"], (1, False)),
        (["p1/scan/0", "p2/scan/1"], (2, False)),
        (["p1/red", "p1/blue", "p2/red"], (1, True)),
        (["p1/red", "p2/blue"], (0, False)),
        (["0/p1", "1/p2"], (0, False)),
        (["class1/a", "class1/b", "class2/a"], (0, False)),
        (["n01/images", "n02/images"], (0, False)),
        (["0/x", "1/y", "10/z"], (0, False)),
    ],
)
def test_the_topmost_are_the_classes_unless_they_look_like_patients(places, expected):
    assert level(*places) == expected


def test_names_of_a_person_decide():
    assert level("ant/0", "ant/1", "bee/0", classes=["0", "1"]) == (1, False)
    assert level("p1/0", "p2/1", classes=["p1", "p2"]) == (0, False)
    with pytest.raises(DataError, match="here holds the folders ant, bee, and these hold 0, 1"):
        level("ant/0", "ant/1", "bee/0")


def test_groups_hold_the_same_classes_or_are_called_so():
    assert are_groups([("a", "0"), ("b", "0"), ("b", "1")], 1) and are_groups([("p1", "0"), ("p2", "1")], 1)
    assert not are_groups([("lung", "aca"), ("colon", "scc")], 1)
    assert looks_like_ids(["HAM_part_1", "HAM_part_2"]) and not looks_like_ids(["0", "1"])
