"""What the check of an augmentation catches, and what it lets pass: NumPy alone, no layer of Keras."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment.check import effect, sentence

RANGE = (-1.0, 1.0)
RNG = np.random.default_rng(0)
PICTURES = np.clip(RNG.normal(0.2, 0.4, (16, 12, 12, 3)), -1, 1).astype("float32")
EACH = RNG.uniform(0.9, 1.1, (16, 1, 1, 1)).astype("float32")


def problem(after: Any, before: Any = PICTURES, data_range: tuple[float, float] = RANGE) -> str | None:
    return effect("augment.0.x", before, np.asarray(after, "float32"), data_range).problem


def filled_corner(value: float) -> np.ndarray:
    """A corner of each picture covered, as by a rotation; the pictures bright, so that it is their darkest place."""
    bright = PICTURES / 4 + 0.5
    bright[:, :4, :4] = value
    return bright


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (PICTURES + 12, "leave the data's range of [-1, 1]"),
        (np.clip(PICTURES * EACH, 0, 1), "clipped to one number within the data's range"),
        (np.clip(PICTURES * EACH, -255, 0.1), "clipped to one number within the data's range"),
        (np.clip(PICTURES + 12 * np.sign(EACH - 1), 0, 0.5), "collapse to a constant"),
        (PICTURES * 0, "100 % of the images collapse to a constant"),
        (PICTURES * 0.08, "keeps 8 % of its standard deviation"),
        (np.where(EACH > 1, np.nan, PICTURES), "not finite numbers"),
        (np.where(np.arange(16)[:, None, None, None] == 3, np.inf, PICTURES), "not finite numbers"),
    ],
)
def test_what_spoils_images_is_reported(after, said):
    assert said in (problem(after) or "")


@pytest.mark.parametrize(
    "after",
    [
        PICTURES,
        -PICTURES,
        np.clip(PICTURES * EACH, -1, 1),
        np.clip(PICTURES + 0.4 * (EACH - 1) / 0.1, -1, 1),
        PICTURES[:, ::-1],
        np.broadcast_to(PICTURES.mean(axis=3, keepdims=True), PICTURES.shape),
        np.floor(PICTURES * 4) / 4,
        np.sign(PICTURES),
        (PICTURES + np.roll(PICTURES, 1, axis=1)) / 2,
        np.where(np.arange(12)[:, None] < 5, 0.3, PICTURES),
    ],
    ids=[
        "same",
        "negative",
        "contrast",
        "brightness",
        "mirrored",
        "grey",
        "steps",
        "two",
        "blurred",
        "erased",
    ],
)
def test_what_does_no_harm_passes(after):
    assert problem(after) is None


@pytest.mark.parametrize("value", [-1, 0, 0.3])
def test_a_filled_corner_is_no_clipping(value):
    assert problem(filled_corner(value), PICTURES / 4 + 0.5) is None


def test_images_that_were_constant_before_count_for_nothing():
    blank = np.full((16, 8, 8, 1), 0.5, "float32")
    assert problem(blank, blank) is None
    assert problem(blank + 2, blank) is not None


def test_the_sentence_names_place_ranges_and_way_out():
    found = effect("augment.2.random_contrast", PICTURES, np.clip(PICTURES, 0, 255), RANGE)
    text = sentence(found, {"value_range": [0.0, 255.0]}, RANGE)
    assert text.startswith("augment.2.random_contrast: ")
    assert f"values from {PICTURES.min():.3g} to {PICTURES.max():.3g} before it, from 0 to" in text
    assert "leave out its value_range, [0, 255]" in text and "augmentation_check" in text
    assert "clip its result" in sentence(found, {"value_range": None}, RANGE)
    assert "some of them" in sentence(effect("all together", PICTURES, PICTURES * 0, RANGE), {}, RANGE)
