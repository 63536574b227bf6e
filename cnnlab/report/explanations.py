"""explanation.npz: the images whose predictions were explained, with their maps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnlab.reading import read_arrays
from cnnlab.runs.explanation import Explanation, read_explanation
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    import numpy as np

MOST_IMAGES = 200
LARGEST_SIDE = 4096
PER_IMAGE = ("label", "predicted", "probability")


@dataclass(frozen=True)
class ExplainedImages:
    """Images uint8 (n, height, width, channels) of 1 or 3 channels, the hits first.

    label, predicted: class indices (n,); probability: of the predicted class (n,). maps: float (n, height, width) by
    the name of the method; random: the same of a network with random weights, where there are any.
    """

    images: "np.ndarray"
    label: "np.ndarray"
    predicted: "np.ndarray"
    probability: "np.ndarray"
    maps: "dict[str, np.ndarray]"
    random: "dict[str, np.ndarray]"


def explanations(run: Run, notes: list[str]) -> list[tuple[RepeatResult, Explanation]]:
    """Each finished repeat that was explained, with what was found; notes get a sentence on those that are damaged."""
    found = [(repeat, read_explanation(repeat, notes)) for repeat in run.done]
    return [(repeat, one) for repeat, one in found if one is not None]


def explained_images(repeat: RepeatResult, explanation: Explanation) -> ExplainedImages | None:
    """Read the maps that the explanation speaks of; None where any is missing, damaged or of another size."""
    path = RepeatFolder(repeat.path, repeat.k).explanation_maps_path
    methods = [one.method for one in explanation.methods]
    arrays = read_arrays(path)
    images = arrays.get("images")
    if images is None or not _drawable(images) or not methods:
        return None
    number = images.shape[0]
    if explanation.hits + explanation.mistakes != number:
        return None
    if not all(_numbers(arrays.get(name), (number,)) for name in PER_IMAGE):
        return None
    if not all(_numbers(arrays.get(name), images.shape[:3]) for name in methods):
        return None
    random = {name: arrays[f"{name} random"] for name in methods if f"{name} random" in arrays}
    if not all(_numbers(each, images.shape[:3]) for each in random.values()):
        return None
    label, predicted = (arrays[name].astype(int) for name in PER_IMAGE[:2])
    return ExplainedImages(
        images, label, predicted, arrays["probability"], {name: arrays[name] for name in methods}, random
    )


def _drawable(images: "np.ndarray") -> bool:
    shape = images.shape
    small = len(shape) == 4 and 0 < shape[0] <= MOST_IMAGES and max(shape[1:3]) <= LARGEST_SIDE
    return small and min(shape) > 0 and shape[3] in (1, 3) and images.dtype.name == "uint8"


def _numbers(array: "np.ndarray | None", shape: tuple[int, ...]) -> bool:
    """Whether there are finite numbers of this shape."""
    import numpy as np

    return (
        array is not None
        and array.dtype.kind in "iuf"
        and array.shape == shape
        and bool(np.isfinite(array).all())
    )
