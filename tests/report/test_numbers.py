import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.report import numbers


@pytest.mark.parametrize(
    ("metric", "sd", "decimals"),
    [
        ("test_accuracy", 0.008, 2),
        ("loss", 0.0123, 3),
        ("loss", 0.0996, 2),  # rounds to 0.10
        ("loss", 0.0994, 3),
        ("loss", 12.3, 0),
        ("loss", 1234.0, 0),
        ("loss", 0, None),
        ("loss", None, None),
        ("loss", float("nan"), None),
    ],
)
def test_decimals_follow_the_spread(metric, sd, decimals):
    assert numbers.decimals_of(metric, sd) == decimals


@given(st.floats(min_value=1e-6, max_value=1e3))
def test_the_shown_sd_has_at_least_two_significant_digits(sd):
    shown = numbers.show("loss", sd, numbers.decimals_of("loss", sd))
    assert float(shown) == pytest.approx(sd, rel=0.06)


@pytest.mark.parametrize(
    ("metric", "value", "decimals", "text"),
    [
        ("accuracy", 0.93072, 2, "93.07"),
        ("accuracy", 0.93072, None, "93.07"),
        ("top_5", 1.0, None, "100.00"),
        ("auc", 0.8949, 3, "0.895"),
        ("loss", 0.289, None, "0.2890"),
        ("loss", 1234.4, None, "1234"),
        ("loss", 3e-9, 10, "3.00e-09"),
        ("loss", None, 2, ""),
    ],
)
def test_show(metric, value, decimals, text):
    assert numbers.show(metric, value, decimals) == text


def test_small_helpers():
    assert numbers.show_interval("accuracy", (0.9, 0.95), 1) == "90.0 to 95.0"
    assert numbers.show_interval("accuracy", None, 1) == ""
    assert numbers.show_p(0.0437) == "p = 0.044"
    assert numbers.show_p(1e-9) == "p < 0.0001"
    assert numbers.listed([3, 0, 1, 2, 7, 8]) == "0-3, 7, 8"
    assert numbers.counted(1, "epoch") == "1 epoch"
    assert numbers.one_line("a\n b\x1b[31m") == "a b\N{REPLACEMENT CHARACTER}[31m"
