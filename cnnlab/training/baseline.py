"""A baseline that costs nothing: a logistic regression on statistics of colour and texture.

What a network must beat before anybody may say that it sees shapes: the statistics know nothing of where anything lies.
"""

from collections.abc import Callable, Iterator

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.datasets import Split, Splits
from cnnlab.training.evaluation import figures_without_loss

MOST_CLASSES = 20
MOST_IMAGES = 20_000  # of the training part, evenly spaced over it: more change little
BLOCK_BYTES = 1 << 21
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DISTANCES = (1, 2, 4)  # pixels
PENALTY = 1.0  # as scikit-learn's LogisticRegression has it where nobody chooses another
MOST_ITERATIONS = 200

Figures = dict[str, float]


def baseline_figures(
    config: Config, splits: Splits, num_classes: int, check: Callable[[], None]
) -> dict[str, Figures]:
    """Figures of the baseline by split, trained on a repeat's training images, for validation and test.

    They are those of the network, by the same functions. Empty where the config switches the baseline off, where there
    are more than 20 classes, or where the training images have one class only. `check` is called now and then.
    """
    if not config.evaluation.baseline or num_classes > MOST_CLASSES:
        return {}
    train = splits.train.take(_evenly(len(splits.train)))
    measured = {
        name: (part, part.labels)
        for name, part in splits.present().items()
        if name != "train" and part.labels is not None
    }
    if train.labels is None or len(np.unique(train.labels)) < 2 or not measured:
        return {}
    predict = fit(image_statistics(train, check), train.labels, num_classes)
    return {
        name: figures_without_loss(config, labels, predict(image_statistics(part, check)), num_classes)
        for name, (part, labels) in measured.items()
    }


def image_statistics(part: Split, check: Callable[[], None] = lambda: None) -> np.ndarray:
    """Statistics of each image of a split, float64 (n, features), read block by block.

    Of every channel the mean, the standard deviation, five quantiles, and the mean absolute difference of pixels 1, 2
    and 4 apart, across and down; of every two channels their correlation: 42 numbers of a colour image, 13
    of a gray one.
    """
    count = max(1, BLOCK_BYTES // int(np.prod(part.images.shape[1:])))
    found = []
    for start in range(0, len(part), count):
        check()
        found.append(_statistics(np.asarray(part.images[start : start + count])))
    return np.concatenate(found)


def fit(statistics: np.ndarray, labels: np.ndarray, num_classes: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a multinomial logistic regression with a ridge penalty; return what gives probabilities, (n, classes).

    It minimises sum_i -log p(y_i) + |W|^2 / 2 over standardised statistics; the intercept is free (Hastie, Tibshirani
    and Friedman 2009, chapter 4.4). One thread, so that the figures do not depend on how many there are.

    statistics: float64 (n, features). labels: int (n,).
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    mean, sd = statistics.mean(axis=0), statistics.std(axis=0)
    sd[sd == 0] = 1.0

    def inputs(raw: np.ndarray) -> np.ndarray:
        return np.column_stack([(raw - mean) / sd, np.ones(len(raw))])

    x, one_hot = inputs(statistics), np.eye(num_classes)[labels]
    shape = (x.shape[1], num_classes)

    def loss_and_gradient(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        p = _softmax(x @ weights)
        penalised = weights * np.append(np.full(len(weights) - 1, PENALTY), 0.0)[:, None]
        loss = -np.log(np.maximum((p * one_hot).sum(axis=1), np.finfo(float).tiny)).sum()
        return loss + (penalised * weights).sum() / 2, (x.T @ (p - one_hot) + penalised).ravel()

    with threadpool_limits(1, user_api="blas"):
        start = np.zeros(shape).ravel()
        options = {"maxiter": MOST_ITERATIONS}
        found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options=options)

    def predict(raw: np.ndarray) -> np.ndarray:
        with threadpool_limits(1, user_api="blas"):
            return _softmax(inputs(raw) @ found.x.reshape(shape))

    return predict


def _statistics(images: np.ndarray) -> np.ndarray:
    """Of uint8 (n, height, width, channels): float64 (n, features)."""
    n, height, width, channels = images.shape
    planes = np.ascontiguousarray(np.moveaxis(images, 3, 1))  # (n, channels, height, width)
    ordered = np.sort(planes.reshape(n, channels, -1), axis=2, kind="stable")  # of bytes the quickest
    positions = np.round(np.array(QUANTILES) * (height * width - 1)).astype(int)
    steps = [step for apart in DISTANCES for step in _steps(planes, apart)]
    spread = planes.reshape(n, channels, -1).astype(np.float32)
    mean = spread.mean(axis=2)
    spread -= mean[:, :, None]
    covariance = spread @ spread.transpose(0, 2, 1) / spread.shape[2]  # (n, channels, channels)
    sd = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    correlation = covariance / (
        (sd + 1)[:, :, None] * (sd + 1)[:, None]
    )  # a channel that hardly varies: near 0
    upper = np.triu_indices(channels, 1)
    found = [mean, sd, ordered[:, :, positions].reshape(n, -1), *steps, correlation[:, *upper]]
    return np.concatenate(found, axis=1, dtype=np.float64)


def _steps(planes: np.ndarray, apart: int) -> Iterator[np.ndarray]:
    """Mean absolute differences, (n, channels), of pixels so far apart down and across; 0 where none are."""
    for later, sooner in (
        (planes[:, :, apart:], planes[:, :, :-apart]),
        (planes[..., apart:], planes[..., :-apart]),
    ):
        distances = np.maximum(later, sooner) - np.minimum(later, sooner)  # within a byte
        yield distances.mean(axis=(2, 3)) if distances.size else np.zeros(planes.shape[:2])


def _softmax(logits: np.ndarray) -> np.ndarray:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _evenly(count: int) -> np.ndarray:
    kept = min(count, MOST_IMAGES)
    return np.arange(kept) * count // kept
