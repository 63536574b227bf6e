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


@given(st.sampled_from(["accuracy", "auc", "loss"]), st.floats(-1e6, 1e6), st.none() | st.integers(0, 9))
def test_no_number_is_minus_zero(metric, value, decimals):
    text = numbers.show(metric, value, decimals)
    assert float(text) != 0 or not text.startswith("-")
    assert float(text) == pytest.approx(numbers.in_unit(metric, value), rel=6e-3, abs=0.51)
    difference = numbers.signed(metric, value, decimals)
    assert difference == (f"+{text}" if float(text) > 0 else text)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(-0.004, 0, "0"), (-0.0, None, "0.00"), (-1e-5, 2, "0.00"), (1e-5, 2, "0.00"), (-0.004, 1, "-0.4")],
)
def test_what_rounds_to_zero_has_no_sign(value, decimals, text):
    assert numbers.show("accuracy", value, decimals) == text
    assert numbers.signed("accuracy", value, decimals) == text
    assert (
        numbers.show_interval("accuracy", (-1.04, value), decimals)
        == f"{-104:.{2 if decimals is None else decimals}f} to {text}"
    )


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0495, "0.0495"), (0.0503, "0.050"), (0.05, "0.050"), (0.5, "0.50"), (0.012, "0.012"), (0.00012, "0.00012"),
     (1.0, "1.0"), (0.999, "1.0"), (0.0499999, "0.0499999"), (0.0, "< 0.0001")],
)  # fmt: skip
def test_p_values(p, text):
    assert numbers.short_p(p) == text
    assert numbers.show_p(p) == (f"p {text}" if text.startswith("<") else f"p = {text}")


@given(st.floats(0, 1))
def test_a_p_value_is_seen_on_its_side_of_the_level(p):
    text = numbers.short_p(p).removeprefix("< ")
    assert (float(text) < 0.05) == (p < 0.05)
    assert p < 1e-4 or float(text) == pytest.approx(p, rel=0.051)


def test_counts():
    assert numbers.counted_each([3, 3], "repeat") == "3 repeats"
    assert numbers.counted_each([2, 1, 2], "repeat") == "1 to 2 repeats"
    assert numbers.counted_each([1], "repeat") == "1 repeat"


def test_small_helpers():
    assert numbers.show_interval("accuracy", (0.9, 0.95), 1) == "90.0 to 95.0"
    assert numbers.show_interval("accuracy", None, 1) == ""
    assert numbers.show_p(0.0437) == "p = 0.044"
    assert numbers.show_p(1e-9) == "p < 0.0001"
    assert numbers.listed([3, 0, 1, 2, 7, 8]) == "0-3, 7, 8"
    assert numbers.counted(1, "epoch") == "1 epoch"
    assert numbers.one_line("a\n b\x1b[31m") == "a b\N{REPLACEMENT CHARACTER}[31m"
