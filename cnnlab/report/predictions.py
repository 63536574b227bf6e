"""predictions.npz: what each repeat said of each image."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SPLIT_CODES = {"train": 0, "validation": 1, "test": 2}
DAMAGE = (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Predictions:
    """The predictions of one repeat on the labelled images of one split.

    index: the images' places in their data set, shape (n,). label: class indices, shape (n,).
    probabilities: shape (n, classes), finite.
    """

    split: str
    index: "np.ndarray"
    label: "np.ndarray"
    probabilities: "np.ndarray"

    @property
    def predicted(self) -> "np.ndarray":
        """The most probable class of each image, shape (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return int(self.probabilities.shape[1])


def load_predictions(path: str | Path, split: str) -> Predictions | None:
    """Read one split's labelled images; None when there are none, or the file is missing or damaged."""
    import numpy as np

    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            names = ("split", "index", "label", "probabilities")
            splits, index, label, probabilities = (arrays[name] for name in names)
    except DAMAGE:
        return None
    if probabilities.ndim != 2 or not len(splits) == len(index) == len(label) == len(probabilities):
        return None
    chosen = (splits == SPLIT_CODES[split]) & (label >= 0) & (label < probabilities.shape[1])
    chosen &= np.isfinite(probabilities).all(axis=1)
    if not chosen.any():
        return None
    return Predictions(split, index[chosen], label[chosen].astype(int), probabilities[chosen])


def measured_split(path: str | Path) -> Predictions | None:
    """Return the predictions on the test images or, where their labels are hidden, on validation."""
    return load_predictions(path, "test") or load_predictions(path, "validation")
