import math

import pytest

from cnnlab.report.cells import difference_decimals, figure, number, p_cell, summary_cells
from cnnlab.report.statistics import welch
from cnnlab.runs.summary import summarize


def texts(metric, values):
    return [cell.text for cell in summary_cells(metric, summarize(values, metric))]


def test_a_summary_has_n_mean_sd_and_interval():
    assert texts("accuracy", [0.93, 0.92, 0.94]) == ["3", "93.0", "1.0", "90.1 to 95.1"]
    assert texts("accuracy", [0.9, math.nan]) == ["1*", "90.00", "-", "-"]
    assert texts("accuracy", [1.0, 1.0]) == ["2", "100.00", "0", "-"]
    assert texts("loss", [math.nan]) == ["0*", "-", "-", "-"]
    assert [cell.text for cell in summary_cells("loss", None)] == ["0", "", "", ""]


def test_programs_find_the_numbers_themselves():
    n, mean, sd, interval = summary_cells("accuracy", summarize([0.93, 0.92, 0.94], "accuracy"))
    assert (n.value, mean.value, sd.value) == (3, pytest.approx(0.93), pytest.approx(0.01))
    assert 0 < interval.value[0] < interval.value[1] < 1


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [(None, "", "-"), (3, "", "3"), (1234, ",", "1,234"), (-0.0, ".1f", "0.0"), (2.5, "", "2.5")],
)
def test_numbers(value, form, text):
    assert number(value, form).text == text


def test_what_is_not_there_is_empty_or_a_dash():
    assert figure("auc", None, None).text == "-"
    assert p_cell(None).text == "" and p_cell(0.0495).text == "0.0495"


def test_differences_have_the_decimals_of_their_standard_error():
    # half the interval is 2.2 standard errors or more: a quarter of its width is about one, here .83 points
    assert difference_decimals("accuracy", welch([0.93, 0.92, 0.94], [0.90, 0.92, 0.91])) in (1, 2)
    assert difference_decimals("accuracy", None) is None
