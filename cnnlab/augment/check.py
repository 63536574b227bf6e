"""Whether an augmentation leaves images that can be learned from: judged by what it does to real ones.

The mistake to catch is a layer that works in another range of values than the images have: Keras' photometric
layers assume 0 to 255 unless set otherwise. On images within [-1, 1] they shift by hundreds, clip at 0, and leave
constants. Nothing here knows a layer; only images before and after are compared.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

MARGIN = 0.01  # of the range's width: so far beyond its ends counts as within
OUTSIDE_SHARE = 0.001  # of all values
CONSTANT_SHARE = 0.05  # of the images that were not constant before
CONSTANT = 0.02  # of the former standard deviation: less counts as constant
CLIPPED_SHARE = 0.02  # of all values
CLIPPED_MARGIN = 0.05  # of the range's width: how far within it a value must lie not to be an end of it
FEWEST_VALUES = 20  # a layer that leaves fewer values besides makes steps, and clips nothing
VARIANCE_KEPT = 0.1  # the standard deviation of the typical image after / before

Array = np.ndarray


@dataclass(frozen=True)
class Effect:
    """What an augmentation did to a sample of images. `problem` says what is wrong, or is None."""

    name: str  # its place in the config: augment.0.random_contrast
    before: tuple[float, float]  # lowest and highest value
    after: tuple[float, float]
    outside: float  # share of the values that lie outside of the data's range
    constant: float  # share of the images that became constant
    clipped: float  # share of the values that were merged into one at an end that is none of the range's
    spread: float  # standard deviation after / before, of the median image
    problem: str | None

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def effect(name: str, before: Array, after: Array, data_range: tuple[float, float]) -> Effect:
    """Compare images `before` and `after`, both float (n, height, width, channels), the same n.

    data_range: the lowest and highest value that images may have.
    """
    low, high = data_range
    width = high - low
    finite = bool(np.isfinite(after).all())
    safe = np.where(np.isfinite(after), after, 0.0)
    outside = float(np.mean((safe < low - MARGIN * width) | (safe > high + MARGIN * width)))
    sd_before, sd_after = (x.reshape(len(x), -1).std(axis=1) for x in (before, safe))
    varied = sd_before > 0.01 * width
    ratios = sd_after[varied] / sd_before[varied] if varied.any() else np.ones(1)
    constant, spread = float(np.mean(ratios < CONSTANT)), float(np.median(ratios))
    clipped = float(np.mean([_clipped(b, a, low, high) for b, a in zip(before, safe, strict=True)]))
    if not finite:
        problem = "it makes values that are not finite numbers"
    elif outside > OUTSIDE_SHARE:
        problem = f"{_percent(outside)} of the values leave the data's range of {_range(data_range)}"
    elif constant > CONSTANT_SHARE:
        problem = f"{_percent(constant)} of the images collapse to a constant"
    elif clipped > CLIPPED_SHARE:
        problem = (
            f"{_percent(clipped)} of the values are clipped to one number within the data's range of "
            f"{_range(data_range)}"
        )
    elif spread < VARIANCE_KEPT:
        problem = f"the typical image keeps {_percent(spread)} of its standard deviation"
    else:
        problem = None
    return Effect(name, _ends(before), _ends(safe), outside, constant, clipped, spread, problem)


def _clipped(before: Array, after: Array, low: float, high: float) -> float:
    """The share of one image's values that were different before and are its lowest, or its highest, now.

    Only where that is not an end of the range, and where the values were the lowest, or highest, before too: a corner
    that a rotation fills with one value is not clipping.
    """
    width, merged = high - low, 0
    old, new = before.ravel(), after.ravel()
    for sign in (1, -1):  # the lowest values, then the highest
        end = sign * (sign * new).min()
        pile = new == end
        if not low + CLIPPED_MARGIN * width < end < high - CLIPPED_MARGIN * width or pile.all():
            continue
        counts = np.unique(old[pile], return_counts=True)[1]
        in_order = np.mean(sign * old[pile] > np.median(sign * old[~pile])) < 0.02
        if in_order and len(np.unique(new[~pile])) >= FEWEST_VALUES:
            merged += int(pile.sum() - counts.max())
    return merged / len(new)


def _ends(images: Array) -> tuple[float, float]:
    return float(images.min()), float(images.max())


def _range(ends: tuple[float, float]) -> str:
    return f"[{ends[0]:.3g}, {ends[1]:.3g}]"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def sentence(found: Effect, parameters: dict[str, Any], data_range: tuple[float, float]) -> str:
    """Say what is wrong with `found.name`, the range before and after, and the way out, without a full stop."""
    stated = parameters.get("value_range")
    if stated is not None and tuple(stated) != tuple(data_range):
        way_out = (
            f"leave out its value_range, {_range(tuple(stated))}, so that it is the data's own (data.scale)"
        )
    elif not found.name.startswith("augment."):
        way_out = "weaken or leave out some of them"
    else:
        way_out = "weaken it or leave it out, or clip its result to `data_range` if it is your own"
    return (
        f"{found.name}: {found.problem}: values from {found.before[0]:.3g} to {found.before[1]:.3g} before it, "
        f"from {found.after[0]:.3g} to {found.after[1]:.3g} after it; {way_out}, or set augmentation_check to warn"
    )
