"""What all loggers share."""

import math

from cnnlab.loggers.base import figures, final_figures


def test_what_was_not_measured_is_no_figure():
    assert figures({"epoch": 3, "loss": 0.5, "val_loss": None, "accuracy": 1}) == {
        "loss": 0.5,
        "accuracy": 1.0,
    }


def test_final_figures_are_the_finite_ones_of_each_split():
    result = {"metrics": {"validation": {"loss": math.nan, "accuracy": 0.5}, "test": None}}
    assert list(final_figures(result)) == [("validation_accuracy", 0.5)]
