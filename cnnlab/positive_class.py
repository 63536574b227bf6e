"""Which of two classes is the positive one: the rule stands here, and nowhere else."""

from collections.abc import Sequence

POSITIVE = 1
"""Class 1, the second: what sensitivity, precision, recall, ROC and precision-recall curves, and thresholds, are of."""


def positive_class(class_names: Sequence[str]) -> str | None:
    """The name of the positive class; None for any other number of classes than two."""
    return class_names[POSITIVE] if len(class_names) == 2 else None


def positive_sentence(name: str) -> str:
    """What stands beside figures of two classes, of which `name` is the positive one."""
    return f"'{name}' (class {POSITIVE}): sensitivity is the share of it that is found, auc that of its probabilities."
