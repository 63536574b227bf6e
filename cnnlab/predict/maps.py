"""Maps of what a network's decision rests on: one number for each pixel, larger where it matters more."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np

from cnnlab.numpy_cnn import Network
from cnnlab.numpy_cnn.layers import Conv2D, Softmax

GRAD_CAM, HIRES_CAM, OCCLUSION = "Grad-CAM", "HiResCAM", "occlusion"
SQUARES_PER_SIDE = 8  # how often the covering square fits into a side of the image
NUMBERS_AT_ONCE = 4_000_000
START = {"bias": 0.0, "beta": 0.0, "gamma": 1.0, "moving_mean": 0.0, "moving_variance": 1.0}

SMALLEST = 1e-7  # probability whose logarithm is taken

Scores = Callable[[np.ndarray], np.ndarray]
"""From pixel values (n, height, width, channels) to scores (n, classes), whose softmax are the probabilities."""


@dataclass(frozen=True)
class ActivationMaps:
    """Float (n, height, width), not negative. place_by_place: whether the gradient differs between places."""

    maps: np.ndarray
    place_by_place: bool

    @property
    def method(self) -> str:
        """What the maps are called."""
        return HIRES_CAM if self.place_by_place else GRAD_CAM


def last_feature_map(network: Network, image_shape: tuple[int, ...]) -> str | None:
    """The deepest node of features that have places, more than one row and column, from a convolution on; or None."""
    outputs = network.activations(np.zeros((1, *image_shape), network.dtype))
    found, reached = None, False
    for node in network.nodes:
        reached = reached or any(isinstance(layer, Conv2D) for layer in node.layers)
        shape = outputs[node.name].shape
        if reached and len(shape) == 4 and min(shape[1:3]) > 1:
            found = node.name
    return found


def grad_cam(network: Network, images: np.ndarray, classes: np.ndarray, node: str) -> ActivationMaps:
    """What in the features at `node` speaks for class `classes[n]` of image n, resized to the image.

    With the features A ``(height, width, channels)`` and the gradient G of the class's score, of the same shape::

        map = max(0, sum over channels of G * A)

    Where global average pooling follows, G is the same at all places, and this is Grad-CAM (R. Selvaraju and others,
    "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017), up to a factor. Where the
    features are flattened, Grad-CAM's mean of G over the places would also show places that the score does not depend
    on; without that mean it is HiResCAM (R. Draelos and L. Carin, "Use HiResCAM instead of Grad-CAM for faithful
    explanations of convolutional neural networks", 2020).

    images: (n, height, width, channels), classes: integers (n,).
    """
    maps, place_by_place = [], False
    for image, label in zip(images[:, None], classes[:, None], strict=True):
        features, gradient = network.score_gradients(image, classes=label, nodes=[node])[node]
        maps.append(np.maximum((features * gradient).sum(axis=-1), 0)[0])
        place_by_place |= bool((gradient != gradient[:, :1, :1]).any())
    return ActivationMaps(resized(np.array(maps), images.shape[1:3]), place_by_place)


def scores_of(network: Network) -> Scores:
    """What a network computes before its softmax, where nothing is rounded to a probability of 1."""
    *others, last = network.nodes
    if not isinstance(last.layers[-1], Softmax):
        return log_probabilities(network.predict)
    kept = [replace(last, layers=last.layers[:-1])] if len(last.layers) > 1 else []
    return Network([*others, *kept], inputs=network.inputs, dtype=network.dtype).predict


def log_probabilities(predict: Scores) -> Scores:
    """Scores where probabilities are all that there is."""
    return lambda images: np.log(np.maximum(predict(images), SMALLEST))


def log_odds(scores: np.ndarray, label: int) -> np.ndarray:
    """log(p / (1 - p)) of the class `label`, from scores (n, classes): float64 (n,)."""
    others = np.delete(scores.astype(float), label, axis=1)
    return np.asarray(scores[:, label] - np.logaddexp.reduce(others, axis=1))


def occlusion(scores: Scores, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """How much the log-odds of class `classes[n]` drop where a square of image n is covered: (n, height, width).

    The square has the image's mean colour, an eighth of the image's sides, and moves by half of its own; a pixel has
    the mean drop over all squares that cover it. Log-odds, since the probability of a sure prediction hardly moves.
    Source: M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", 2014.
    """
    found = [_occluded(scores, image, int(label)) for image, label in zip(images, classes, strict=True)]
    return np.array(found).reshape(images.shape[:3])


def _occluded(scores: Scores, image: np.ndarray, label: int) -> np.ndarray:
    image = image.astype(np.float32)
    squares = [(rows, columns) for rows in _steps(image.shape[0]) for columns in _steps(image.shape[1])]
    whole = float(log_odds(scores(image[None]), label)[0])
    total, count = np.zeros(image.shape[:2]), np.zeros(image.shape[:2])
    most = max(1, NUMBERS_AT_ONCE // image.size)
    for start in range(0, len(squares), most):
        part = squares[start : start + most]
        covered = np.repeat(image[None], len(part), axis=0)
        for one, square in zip(covered, part, strict=True):
            one[square] = image.mean(axis=(0, 1))
        for square, left in zip(part, log_odds(scores(covered), label), strict=True):
            total[square] += whole - float(left)
            count[square] += 1
    return total / count


def _steps(size: int) -> list[slice]:
    """Where the square lies along a side of `size` pixels; the last one ends where the side ends."""
    side = max(1, round(size / SQUARES_PER_SIDE))
    starts = [*range(0, size - side, max(1, side // 2)), size - side]
    return [slice(start, start + side) for start in starts]


def resized(maps: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Maps (n, h, w) at another size (height, width), between the centres of the places bilinearly."""
    rows, columns = (_between(size, to) for size, to in zip(maps.shape[1:], shape, strict=True))
    return np.einsum("yh,nhw,xw->nyx", rows, maps, columns, optimize=True)


def _between(size: int, to: int) -> np.ndarray:
    """The weights (to, size) with which `to` pixels are taken from `size` places."""
    at = ((np.arange(to) + 0.5) * size / to - 0.5).clip(0, size - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(size)))


def with_random_weights(network: Network, seed: int) -> Network:
    """The same layers with fresh weights: kernels normal of variance 2 / inputs (He et al. 2015), batch norm neutral.

    What standardizes the images is kept.
    """
    fresh, rng = deepcopy(network), np.random.default_rng(seed)
    for key, weight in fresh.weights().items():
        name = key.rpartition("/")[2]
        if name == "kernel":
            weight[...] = rng.normal(size=weight.shape) * np.sqrt(2 / np.prod(weight.shape[:-1]))
        elif name in START:
            weight[...] = START[name]
    return fresh


def central_share(maps: np.ndarray, center: int) -> np.ndarray:
    """The share of each map's positive values within the central square of `center` pixels: (n,), nan without any."""
    top, left = ((size - center) // 2 for size in maps.shape[1:])
    relevance = np.maximum(maps, 0)
    inside = relevance[:, top : top + center, left : left + center].sum(axis=(1, 2))
    whole = relevance.sum(axis=(1, 2))
    return np.divide(inside, whole, out=np.full(len(maps), np.nan), where=whole > 0)


def rank_correlation(maps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation of each map (n, height, width) with the other one: (n,), nan where one is constant.

    Source: J. Adebayo and others, "Sanity checks for saliency maps", 2018.
    """
    from scipy.stats import rankdata

    a, b = (rankdata(each.reshape(len(each), -1), axis=1) for each in (maps, others))
    a, b = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (a, b))
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), scale, out=np.full(len(a), np.nan), where=scale > 0)
