"""Metrics, computed from probabilities (NumPy, float64): an epoch's by the same function as the final ones.

Positive, where there are two classes, is class 1: of PatchCamelyon, tumour.
"""

from cnnlab.metrics.agreement import cohen_kappa, matthews
from cnnlab.metrics.base import Metric, metric
from cnnlab.metrics.by_class import balanced_accuracy, f1, f1_macro
from cnnlab.metrics.calibration import Bins, calibration_bins, expected_calibration_error
from cnnlab.metrics.confusion import ClassFigures, class_figures, confusion_counts
from cnnlab.metrics.counting import precision_recall, sensitivity_specificity, top_k_accuracy
from cnnlab.metrics.likelihood import SMALLEST_PROBABILITY, cross_entropy
from cnnlab.metrics.ranking import (
    average_precision,
    pooled_auc,
    precision_recall_curve,
    roc_auc,
    roc_curve,
)
from cnnlab.metrics.two_classes import (
    TWO_CLASS_METRICS,
    Threshold,
    figures_at_threshold,
    two_class_figures,
    youden_threshold,
)

__all__ = [
    "SMALLEST_PROBABILITY",
    "TWO_CLASS_METRICS",
    "Bins",
    "ClassFigures",
    "Metric",
    "Threshold",
    "average_precision",
    "balanced_accuracy",
    "calibration_bins",
    "class_figures",
    "cohen_kappa",
    "confusion_counts",
    "cross_entropy",
    "expected_calibration_error",
    "f1",
    "f1_macro",
    "figures_at_threshold",
    "matthews",
    "metric",
    "pooled_auc",
    "precision_recall",
    "precision_recall_curve",
    "roc_auc",
    "roc_curve",
    "sensitivity_specificity",
    "top_k_accuracy",
    "two_class_figures",
    "youden_threshold",
]
