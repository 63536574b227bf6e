"""The cross-entropy, which is the negative log-likelihood of the labels, in nats per image."""

import numpy as np

SMALLEST_PROBABILITY = float(np.finfo(np.float32).tiny)
"""A float32 softmax that underflows to 0 counts as this, 1.2e-38: -log of it is 87.3."""


def cross_entropy(labels: np.ndarray, probabilities: np.ndarray, label_smoothing: float = 0.0) -> float:
    """Mean of -sum_k t_k log p_k with t the one-hot labels, smoothed as Keras does: (1 - s) t + s / classes.

    Without smoothing it is the mean negative log-likelihood, -log p of the image's own class.

    labels: int (n,); probabilities: (n, classes). Computed in float64; p below 1.2e-38 counts as 1.2e-38.
    """
    logs = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_PROBABILITY))
    of_label = logs[np.arange(len(labels)), labels]
    return float(-np.mean((1 - label_smoothing) * of_label + label_smoothing * logs.mean(axis=1)))
