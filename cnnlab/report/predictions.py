"""predictions.npz: what each repeat predicted for each image."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.errors import printable
from cnnlab.reading import read_arrays
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    import numpy as np

SPLIT_CODES = {"train": 0, "validation": 1, "test": 2}


@dataclass(frozen=True)
class Predictions:
    """The predictions of one repeat on the labelled images of one split.

    index: the images' places in their data set, shape (n,). label: class indices, shape (n,).
    probabilities: shape (n, classes), finite. names: of the image files, groups: such as patients, text, shape (n,);
    None where there are none.
    """

    split: str
    index: "np.ndarray"
    label: "np.ndarray"
    probabilities: "np.ndarray"
    names: "np.ndarray | None" = None
    groups: "np.ndarray | None" = None

    @property
    def predicted(self) -> "np.ndarray":
        """The most probable class of each image, shape (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return int(self.probabilities.shape[1])


def load_predictions(path: str | Path, split: str, *, hidden: bool = False) -> Predictions | None:
    """Read one split's labelled images; None when there are none, or the file is missing or damaged.

    hidden: those whose label is hidden, -1, too.
    """
    import numpy as np

    arrays = read_arrays(path, ("split", "index", "label", "probabilities"))
    if not arrays or not all(array.dtype.kind in "iuf" for array in arrays.values()):
        return None
    splits, index, label, probabilities = arrays.values()
    if probabilities.ndim != 2 or not splits.shape == index.shape == label.shape == probabilities.shape[:1]:
        return None
    chosen = (splits == SPLIT_CODES[split]) & (label >= (-1 if hidden else 0))
    chosen &= label < probabilities.shape[1]
    chosen &= np.isfinite(probabilities).all(axis=1)
    if not chosen.any():
        return None
    texts = [_texts(path, name, label.shape) for name in ("names", "groups")]
    names, groups = (None if each is None else each[chosen] for each in texts)
    return Predictions(
        split,
        index[chosen],
        label[chosen].astype(int),
        probabilities[chosen],
        None if names is None else np.array([printable(name) for name in names.tolist()]),
        groups if groups is not None and (groups != "").any() else None,
    )


def _texts(path: str | Path, name: str, shape: tuple[int, ...]) -> "np.ndarray | None":
    texts = read_arrays(path, (name,)).get(name)
    return texts if texts is not None and texts.dtype.kind == "U" and texts.shape == shape else None


def measured_predictions(run: Run) -> list[tuple[RepeatResult, Predictions]]:
    """Each finished repeat with its predictions on the measured split; only those alike in split and classes."""
    found = [(r, measured_split(RepeatFolder(r.path, r.k).predictions_path)) for r in run.done]
    usable = [(repeat, one) for repeat, one in found if one is not None]
    kinds = [(one.split, one.num_classes) for _, one in usable]
    return [pair for pair, kind in zip(usable, kinds, strict=True) if kind == kinds[0]]


def measured_split(path: str | Path) -> Predictions | None:
    """Return the predictions on the test images or, where their labels are hidden, on validation."""
    return load_predictions(path, "test") or load_predictions(path, "validation")
