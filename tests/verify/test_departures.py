"""Which cases a backend leaves out, and how it says so. No Keras."""

import pytest

from cnnlab.backends import BACKENDS
from cnnlab.verify.cases import CASES, LayerCase
from cnnlab.verify.departures import DEPARTURES, departures_among, without_departures

EVERY = [case for cases in CASES.values() for case in cases]


def test_on_tensorflow_nothing_is_left_out():
    assert set(DEPARTURES) == set(BACKENDS)
    assert without_departures(EVERY, "tensorflow") == EVERY and departures_among(EVERY, "tensorflow") == ()


@pytest.mark.parametrize("backend", sorted(set(BACKENDS) - {"tensorflow"}))
def test_what_is_left_out_is_counted_in_a_sentence(backend):
    left = without_departures(EVERY, backend)
    sentences = departures_among(EVERY, backend)
    assert len(sentences) == len(DEPARTURES[backend]) > 0
    counts = [int(sentence.rpartition("(")[2].removesuffix(" cases)")) for sentence in sentences]
    assert all(counts) and sum(counts) == len(EVERY) - len(left)
    assert departures_among(left, backend) == ()  # which of none is left


@pytest.mark.parametrize(
    ("size", "pool", "strides", "padding", "left_out"),
    [
        (6, 3, 2, "same", True),
        (7, 3, 2, "same", False),
        (6, 3, 2, "valid", False),
        (6, 2, 2, "same", False),
        (6, 3, 1, "same", False),
    ],
)
def test_only_uneven_padding_of_averages_departs_on_torch(size, pool, strides, padding, left_out):
    arguments = {"pool_size": pool, "strides": strides, "padding": padding}
    for kind, departs in (("AveragePooling2D", left_out), ("MaxPooling2D", False)):
        case = LayerCase(kind, arguments, ((2, size, size, 1),))
        assert (without_departures([case], "torch") == []) == departs
