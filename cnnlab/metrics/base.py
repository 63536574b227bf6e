"""What a metric is, and the registry of those that a config may name."""

from dataclasses import dataclass
from typing import Any

from cnnlab.registry import Registry


@dataclass(frozen=True)
class Metric:
    """One metric: its key in tables, its Keras twin, and its value from stored probabilities."""

    key: str
    keras: Any  # () -> keras.metrics.Metric
    value: Any  # (labels (n,), probabilities (n, classes)) -> float


metric = Registry("metric", injected=("num_classes",))
"""Decorator and registry. A metric is called with its parameters and returns a `Metric`.

Trait, optional: `two_classes`, True for a metric that has no meaning with more.
"""
