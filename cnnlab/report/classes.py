"""How well each class is recognised, and which is taken for which: from the predictions of a run's repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cnnlab.positive_class import POSITIVE
from cnnlab.report.predictions import measured_predictions
from cnnlab.runs.read import Run
from cnnlab.runs.summary import Summary, summarize

if TYPE_CHECKING:
    import numpy as np

MOST_CLASSES = 2000  # with more, a damaged file's perhaps, nothing is counted


@dataclass(frozen=True)
class Confusion:
    """Which classes are taken for which: images by class (rows) and by most probable class (columns).

    each: the counts of every repeat, int (repeats, classes, classes).
    """

    split: str
    class_names: tuple[str, ...]
    each: "np.ndarray"

    @property
    def repeats(self) -> int:
        """How many repeats were counted."""
        return len(self.each)

    @cached_property
    def counts(self) -> "np.ndarray":
        """The mean over repeats, float64 (classes, classes)."""
        return self.each.mean(axis=0)

    @property
    def percent(self) -> "np.ndarray":
        """Each row of the mean in percent of its images; zero where a class has none."""
        totals = self.counts.sum(axis=1, keepdims=True)
        return 100 * self.counts / totals.clip(min=1e-12)


@dataclass(frozen=True)
class ClassResult:
    """One class's figures over the repeats; support: its images. positive: whether it is the positive one of two."""

    name: str
    positive: bool
    support: Summary
    precision: Summary
    recall: Summary
    f1: Summary


@dataclass(frozen=True)
class ConfusedPair:
    """A mistake: how many of the images of a class are taken for another one, the mean over repeats."""

    true: str
    taken_for: str
    images: float
    of: float

    @property
    def percent(self) -> float:
        """The share of the class's images."""
        return 100 * self.images / self.of


def confusion_of(run: Run) -> Confusion | None:
    """Count the finished repeats that predicted the same split and classes; None without any."""
    usable = [predictions for _, predictions in measured_predictions(run)]
    if not usable or usable[0].num_classes > MOST_CLASSES:
        return None
    import numpy as np

    from cnnlab.metrics import confusion_counts

    each = np.stack([confusion_counts(one.label, one.probabilities) for one in usable])
    return Confusion(usable[0].split, class_names(run, usable[0].num_classes), each)


def class_names(run: Run, number: int) -> tuple[str, ...]:
    """Return the names of the classes, their numbers where the results have no names."""
    return run.class_names if len(run.class_names) == number else tuple(map(str, range(number)))


def class_results(confusion: Confusion) -> list[ClassResult]:
    """Precision, recall and F1 of each class, over the repeats; what is undefined in one is left out there."""
    from cnnlab.metrics import class_figures

    found = [class_figures(counts) for counts in confusion.each]
    names = confusion.class_names
    return [
        ClassResult(
            name,
            len(names) == 2 and k == POSITIVE,
            summarize(one.support[k] for one in found),
            summarize((one.precision[k] for one in found), "precision"),
            summarize((one.recall[k] for one in found), "recall"),
            summarize((one.f1[k] for one in found), "f1"),
        )
        for k, name in enumerate(names)
    ]


def confused_pairs(confusion: Confusion, most: int) -> Sequence[ConfusedPair]:
    """The most frequent mistakes, the largest number of images first, of equal ones the larger share of its class."""
    import numpy as np

    counts, names = confusion.counts.copy(), confusion.class_names
    of = counts.sum(axis=1)
    np.fill_diagonal(counts, 0)
    order = np.lexsort((-(counts / of[:, None].clip(min=1)).ravel(), -counts.ravel()))
    pairs = [divmod(int(place), len(names)) for place in order[:most] if counts.ravel()[place]]
    return [ConfusedPair(names[t], names[p], float(counts[t, p]), float(of[t])) for t, p in pairs]
