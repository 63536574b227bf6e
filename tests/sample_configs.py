"""Configs for tests, and what is said of bad ones. Imports no Keras."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cnnlab.config.load import Options, load_config
from cnnlab.errors import ConfigError

MINIMAL = """\
name: sample
data:
  dataset: mnist10k
model:
  - conv_block: {filters: 4}
  - flatten
  - classifier
"""

FULL: dict[str, Any] = {
    "name": "full",
    "seed": 7,
    "repeats": 3,
    "data": {
        "dataset": "mnist10k",
        "train_size": 100,
        "validation_fraction": 0.2,
        "scale": [0.0, 1.0],
        "standardize": True,
        "limit_per_split": 50,
    },
    "preprocess": [{"deskew": {"ink": "dark", "max_shear": 0.5}}],
    "augment": [
        {"random_rotation": {"factor": 0.1, "fill_mode": "constant"}},
        {"random_zoom": {"height_factor": [-0.1, 0.2], "width_factor": 0.1}},
        {"random_posterization": {"factor": 4}},
        {"random_gaussian_blur": {"kernel_size": 5}},
    ],
    "model": [
        {"conv": {"filters": 4, "padding": "valid", "dilation_rate": 2}},
        {"conv_block": {"filters": 8, "batch_norm": True, "activation": "leaky_relu", "dropout": 0.1}},
        {"residual_block": {"filters": 8, "shortcut": "convolution", "merge": "add"}},
        {"max_pool": {"pool_size": 2}},
        {"dropout": {"rate": 0.2}},
        {"activation": {"function": "elu"}},
        {"flatten": {}},
        {"dense_block": {"units": 16, "l2": 0.001}},
        {"classifier": {"use_bias": False}},
    ],
    "training": {
        "epochs": 4,
        "batch_size": 16,
        "steps_per_epoch": 5,
        "optimizer": {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
        "schedule": {"name": "reduce_on_plateau", "monitor": "val_auc", "factor": 0.5, "patience": 2},
        "label_smoothing": 0.1,
        "logit_adjustment": 0.5,
        "class_weights": {"0": 2.0, "7": 0.5},
        "metrics": ["accuracy", "auc", {"top_k": {"k": 3}}],
        "validation_every": 2,
        "early_stopping": {"monitor": "val_top_3", "patience": 4, "min_delta": 0.01},
        "restore_best": "val_accuracy",
        "weight_averaging": {"momentum": 0.9},
        "precision": "float32",
        "device": "cpu",
        "threads": 2,
        "deterministic": True,
        "checkpoint_every": {"epochs": 2, "seconds": 30.0},
    },
    "evaluation": {"tta": "flips"},
    "published": {"source": "a paper", "dataset": "mnist", "test_accuracy": [0.9, 0.91], "test_loss": 0.3},
}
"""A valid config that uses every section and most kinds of values."""


def written(folder: Path, content: str | bytes | dict[str, Any]) -> Path:
    """Write a config file into `folder` and return its path."""
    path = folder / "c.yaml"
    if isinstance(content, dict):
        content = yaml.safe_dump(content, sort_keys=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def loaded(folder: Path, content: str | bytes | dict[str, Any], *overrides: str, **options: Any) -> Any:
    """Load a config from its text, with ``--set`` options."""
    return load_config(written(folder, content), Options(overrides=overrides, **options))


def refusal(folder: Path, content: str | bytes | dict[str, Any], *overrides: str, **options: Any) -> str:
    """What is said of a config that must be refused, with the folder cut away."""
    path = written(folder, content)
    with pytest.raises(ConfigError) as caught:
        load_config(path, Options(overrides=overrides, **options))
    return str(caught.value).replace(f"{folder}/", "")
