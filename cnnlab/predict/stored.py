"""The probabilities that training stored, hidden test images among them."""

from collections.abc import Sequence

import numpy as np

from cnnlab.report.predictions import Predictions, load_predictions
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.run_data import RepeatResult


def stored_predictions(repeat: RepeatResult, split: str) -> Predictions | None:
    """A repeat's predictions on all images of a split, labels -1 where hidden.

    None where there are none, where the file is missing or damaged, and where images are missing in it.
    """
    predictions = load_predictions(RepeatFolder(repeat.path, repeat.k).predictions_path, split, hidden=True)
    size = repeat.result.sizes.get(split)
    return predictions if predictions is not None and len(predictions.index) == size else None


def stored_tta(repeat: RepeatResult) -> str:
    """The view set that the stored probabilities are averaged over."""
    return repeat.result.evaluation.tta


def same_images(predictions: Sequence[Predictions]) -> bool:
    """Whether all are about the same images in the same order."""
    return all(np.array_equal(one.index, predictions[0].index) for one in predictions[1:])
