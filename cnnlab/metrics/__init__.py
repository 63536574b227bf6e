"""Metrics: computed by Keras while training, and from stored probabilities (NumPy, float64) at the end.

Positive, where there are two classes, is class 1: of PatchCamelyon, tumour.
"""

from cnnlab.metrics.base import Metric, metric
from cnnlab.metrics.calibration import Bins, calibration_bins, expected_calibration_error
from cnnlab.metrics.counting import precision_recall, sensitivity_specificity, top_k_accuracy
from cnnlab.metrics.likelihood import SMALLEST_PROBABILITY, cross_entropy
from cnnlab.metrics.ranking import average_precision, pooled_auc, roc_auc, roc_curve
from cnnlab.metrics.two_classes import (
    Threshold,
    figures_at_threshold,
    two_class_figures,
    youden_threshold,
)

__all__ = [
    "SMALLEST_PROBABILITY",
    "Bins",
    "Metric",
    "Threshold",
    "average_precision",
    "calibration_bins",
    "cross_entropy",
    "expected_calibration_error",
    "figures_at_threshold",
    "metric",
    "pooled_auc",
    "precision_recall",
    "roc_auc",
    "roc_curve",
    "sensitivity_specificity",
    "top_k_accuracy",
    "two_class_figures",
    "youden_threshold",
]
