"""What all loggers share."""

import importlib.util
import math
from types import SimpleNamespace

import pytest

from cnnlab.errors import ConfigError
from cnnlab.loggers.base import figures, final_figures, logger, require_packages


def test_missing_packages_are_named_together_with_the_command(monkeypatch):
    items = [SimpleNamespace(name=name) for name in ("mlflow", "wandb")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    require_packages(items)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        ConfigError, match=r"'mlflow' needs .* and 'wandb' needs .*pip install 'cnnlab\[mlflow,wandb\]'"
    ):
        require_packages(items)
    assert {"tensorboard", "mlflow", "wandb"} <= set(logger)


def test_what_was_not_measured_is_no_figure():
    assert figures({"epoch": 3, "loss": 0.5, "val_loss": None, "accuracy": 1}) == {
        "loss": 0.5,
        "accuracy": 1.0,
    }


def test_final_figures_are_the_finite_ones_of_each_split():
    result = {"metrics": {"validation": {"loss": math.nan, "accuracy": 0.5}, "test": None}}
    assert list(final_figures(result)) == [("validation_accuracy", 0.5)]
