"""What a metric is, and the registry of those that a config may name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.registry import Registry


@dataclass(frozen=True)
class Metric:
    """One metric: its key in tables, and its value from probabilities, for the final figures and for an epoch's.

    value: from labels, int (n,), and probabilities, (n, classes); nan where it is undefined.
    needs: the classes of which there must be an image; without one, it is undefined. reason: why it may be undefined
    of other images, half a sentence.
    keras: makes the Keras metric that counts the same step by step, for those that any images define; None: an
    epoch's figure is `value` of the epoch's probabilities.
    """

    key: str
    value: Callable[[np.ndarray, np.ndarray], float]
    needs: tuple[int, ...] = ()
    keras: Callable[[], Any] | None = None
    reason: str = ""


metric = Registry("metric", injected=("num_classes",))
"""Decorator and registry. A metric is called with its parameters and returns a `Metric`.

Traits, optional: `two_classes`, True for a metric that has no meaning with more; `of_more`, the metric that then serves
in its place.
"""
