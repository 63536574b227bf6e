"""Whether the classes differ in brightness, which a network may learn in the place of what is meant."""

from collections.abc import Iterator

import numpy as np

from cnnlab.datasets.audit.findings import AuditFinding, ClassBrightness
from cnnlab.datasets.audit.look import SIDE, Looks
from cnnlab.errors import shown

MOST_EXPLAINED = 0.5  # of two classes of one size, means that are two standard deviations apart


def class_brightness(looks: Looks, class_names: tuple[str, ...]) -> tuple[ClassBrightness, ...]:
    """Mean and sample standard deviation of each class that training images are of."""
    brightness, labels = _training(looks)
    found = []
    for label in np.unique(labels[labels >= 0]).tolist():
        values = brightness[labels == label]
        sd = float(values.std(ddof=1)) if len(values) > 1 else None
        found.append(ClassBrightness(class_names[label], len(values), float(values.mean()), sd))
    return tuple(found)


def unlike_brightness(looks: Looks, classes: tuple[ClassBrightness, ...]) -> Iterator[AuditFinding]:
    """A finding where the class explains at least `MOST_EXPLAINED` of the variance of brightness."""
    explained = _explained(*_training(looks))
    if explained < MOST_EXPLAINED:
        return
    dark, bright = (choose(classes, key=lambda one: one.mean) for choose in (min, max))
    text = (
        f"The classes differ in brightness, from {dark.mean:.0f} ({shown(dark.name)}) to {bright.mean:.0f} "
        f"({shown(bright.name)}) of 255 on average, which alone explains {100 * explained:.0f} % of its variance: a "
        "network may learn no more than that."
    )
    images = sum(one.images for one in classes)
    yield AuditFinding("brightness", ("train",), images, images, text)


def _training(looks: Looks) -> tuple[np.ndarray, np.ndarray]:
    """The mean brightness, 0 to 255, and the label of each training image."""
    n = looks.starts[1]
    return looks.brightness[:n] / SIDE**2, looks.labels[:n]


def _explained(brightness: np.ndarray, labels: np.ndarray) -> float:
    """The part of the variance that the class explains, omega squared, which counts no chance of small classes.

    (between - (k - 1) * within / (n - k)) / (total + within / (n - k)), sums of squares of n images in k classes
    (Hays 1963). 0 where it is not defined.
    """
    _, members = np.unique(labels, return_inverse=True)
    counts = np.bincount(members)
    n, k = len(labels), len(counts)
    if n <= k or k < 2:
        return 0.0
    means = np.bincount(members, brightness) / counts
    total = float(((brightness - brightness.mean()) ** 2).sum())
    within = float(((brightness - means[members]) ** 2).sum())
    error = within / (n - k)
    return (total - within - (k - 1) * error) / (total + error) if total + error > 0 else 0.0
