"""Deformations: one resampling that reads the right places, drawn as documented."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.augment.resampling import bilinear
from cnnlab.augment.warp import Warp, fused

pytestmark = pytest.mark.keras
SIZE = 28


def made(name: str, **parameters: Any) -> Any:
    entry = augmentation.get(name)
    return entry(parameters=entry.parameters.model_validate(parameters), data_range=(-1.0, 1.0))


def places_read(warp: Any, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, from the image's centre, that each pixel of the result was read from: (count, 28, 28).

    An image whose values are its own coordinates tells; at its edges they are held.
    """
    ramp = np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2
    image = np.stack(np.meshgrid(ramp, ramp, indexing="ij"), axis=-1)
    read = np.asarray(warp(np.tile(image[None], (count, 1, 1, 1)), training=True))
    return read[..., 0], read[..., 1]


def matrices(warp: Any) -> tuple[np.ndarray, np.ndarray]:
    """The affine map of each image, from three pixels in the middle: matrix (count, 2, 2) and shift (count, 2)."""
    places = np.stack(places_read(warp), axis=-1)  # (count, 28, 28, row and column)
    down = places[:, 16, 12] - places[:, 12, 12]
    across = places[:, 12, 16] - places[:, 12, 12]
    matrix = np.stack([down, across], axis=-1) / 4
    centre = np.array([12.0, 12.0]) - (SIZE - 1) / 2
    return matrix, places[:, 12, 12] - matrix @ centre


@pytest.mark.parametrize(
    ("ours", "scipys"), [("nearest", "nearest"), ("reflect", "reflect"), ("constant", "grid-constant")]
)
def test_bilinear_reads_what_scipy_reads(ours: Any, scipys: str) -> None:
    from scipy.ndimage import map_coordinates

    rng = np.random.default_rng(0)
    images = rng.normal(size=(3, 7, 5, 2)).astype(np.float32)
    rows, columns = (rng.uniform(-9, 16, (3, 7, 5)).astype(np.float32) for _ in range(2))
    read = np.asarray(bilinear(images, rows, columns, fill_mode=ours, fill_value=0.25))
    for index in range(3):
        for channel in range(2):
            expected = map_coordinates(
                images[index, ..., channel], [rows[index], columns[index]], order=1, mode=scipys, cval=0.25
            )
            np.testing.assert_allclose(read[index, ..., channel], expected, atol=1e-5)


def test_nothing_asked_for_changes_nothing() -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (4, 9, 8, 3)).astype(np.float32)
    for name, parameters in (
        ("random_affine", {}),
        ("random_elastic", {"displacement": 0.0}),
        ("random_stroke_width", {"factor": 0.0}),
    ):
        np.testing.assert_allclose(made(name, **parameters)(images, training=True), images, atol=1e-6)
        strong = {
            "random_affine": {"shear": 1.0},
            "random_elastic": {},
            "random_stroke_width": {"factor": 1.0},
        }
        np.testing.assert_array_equal(made(name, **strong[name])(images, training=False), images)


def test_rotation_is_rotation_and_uniform() -> None:
    matrix, shift = matrices(made("random_affine", rotation_degrees=20.0))
    np.testing.assert_allclose(matrix @ matrix.transpose(0, 2, 1), np.tile(np.eye(2), (200, 1, 1)), atol=1e-4)
    degrees = np.degrees(np.arctan2(matrix[:, 0, 1], matrix[:, 0, 0]))
    assert np.abs(degrees).max() <= 20.001 and degrees.std() == pytest.approx(20 / 3**0.5, rel=0.1)
    np.testing.assert_allclose(shift, 0, atol=1e-3)


def test_scale_and_anisotropy_are_as_documented() -> None:
    """The result is wider by exp(s + a / 2), so it is read at places closer by as much."""
    matrix, _ = matrices(made("random_affine", log_scale=0.2, log_anisotropy=0.3))
    np.testing.assert_allclose(matrix[:, [0, 1], [1, 0]], 0, atol=1e-4)
    height, width = -np.log(matrix[:, 0, 0]), -np.log(matrix[:, 1, 1])
    s, a = (height + width) / 2, width - height
    assert 0.17 < np.abs(s).max() <= 0.2001 and 0.26 < np.abs(a).max() <= 0.3001
    assert abs(np.corrcoef(s, a)[0, 1]) < 0.2


def test_shear_and_shift_are_as_documented() -> None:
    matrix, shift = matrices(made("random_affine", shear=0.3, translation=0.1))
    np.testing.assert_allclose(matrix[:, [0, 1, 0], [0, 1, 1]], np.tile([1, 1, 0], (200, 1)), atol=1e-4)
    assert 0.27 < np.abs(matrix[:, 1, 0]).max() <= 0.3001
    straight = shift[:, 1] - matrix[:, 1, 0] * shift[:, 0]
    for each in (shift[:, 0], straight):
        assert 2.5 < np.abs(each).max() <= 2.8001


def test_every_pixel_shifts_by_the_displacement_asked_for() -> None:
    """Root mean square over images, in the middle and beside the edge; neighbours move alike."""
    rows, columns = places_read(made("random_elastic", sigma=4.0, displacement=0.7), 2000)
    ramp = np.arange(SIZE) - (SIZE - 1) / 2
    down, across = rows - ramp[:, None], columns - ramp
    for field in (down, across):
        assert field[:, 5:-5, 5:-5].std(axis=0) == pytest.approx(0.7, rel=0.1)
        assert abs(field[:, 14, 14].mean()) < 0.06
        assert np.corrcoef(field[:, 14, 14], field[:, 14, 15])[0, 1] > 0.95
        assert abs(np.corrcoef(field[:, 14, 8], field[:, 14, 24])[0, 1]) < 0.1
    assert abs(np.corrcoef(down[:, 14, 14], across[:, 14, 14])[0, 1]) < 0.1


def test_neighbours_share_one_resampling_in_the_order_of_the_list() -> None:
    """A shift, then a quarter turn: fused they read the places that one after the other would."""
    import tensorflow as tf

    def shift(rows: Any, columns: Any, seed: Any) -> Any:
        return rows + 2.0, columns

    def turn(rows: Any, columns: Any, seed: Any) -> Any:
        return columns, -rows

    images = np.random.default_rng(1).uniform(-1, 1, (2, 9, 9, 1)).astype(np.float32)
    one, two = Warp([shift], "nearest", 0.0), Warp([turn], "nearest", 0.0)
    both = fused([one, two])
    assert len(both) == 1
    np.testing.assert_allclose(both[0](images), two(one(images)), atol=1e-5)
    assert not np.allclose(both[0](images), one(two(images)), atol=1e-2)
    apart = fused([one, tf.identity, two, Warp([turn], "constant", 0.0)])
    assert len(apart) == 4


def test_the_states_decide_everything() -> None:
    images = np.random.default_rng(1).uniform(-1, 1, (4, 9, 9, 1)).astype(np.float32)
    layers = fused(
        [made("random_affine", shear=1.0), made("random_elastic"), made("random_stroke_width", factor=1)]
    )
    assert [len(layer.variables) for layer in layers] == [2, 1]
    assert all("seed_generator" in variable.path for layer in layers for variable in layer.variables)

    def drawn(*states: list[int]) -> np.ndarray:
        result = images
        remaining = list(states)
        for layer in layers:
            for variable in layer.variables:
                variable.assign(remaining.pop(0))
            result = layer(result, training=True)
        return np.asarray(result)

    first = drawn([1, 2], [3, 4], [5, 6])
    np.testing.assert_array_equal(drawn([1, 2], [3, 4], [5, 6]), first)
    for other in ([[9, 2], [3, 4], [5, 6]], [[1, 2], [9, 4], [5, 6]], [[1, 2], [3, 4], [9, 6]]):
        assert not np.array_equal(drawn(*other), first)


def test_strokes_grow_by_dilation_and_shrink_by_erosion() -> None:
    from scipy.ndimage import generate_binary_structure, grey_dilation, grey_erosion

    image = np.random.default_rng(2).uniform(-1, 1, (9, 8)).astype(np.float32)
    images = np.tile(image[None, ..., None], (100, 1, 1, 1))
    changed = np.asarray(made("random_stroke_width", factor=0.5)(images, training=True))[..., 0] - image
    cross = generate_binary_structure(2, 1)
    grown = grey_dilation(image, footprint=cross, mode="nearest") - image
    shrunk = grey_erosion(image, footprint=cross, mode="nearest") - image
    up = changed.sum(axis=(1, 2)) > 0
    assert 30 < up.sum() < 70
    for changes, full in ((changed[up], grown), (changed[~up], shrunk)):
        shares = (changes * full).sum(axis=(1, 2)) / (full**2).sum()
        assert 0.4 < shares.max() <= 0.5 and shares.min() >= 0
        np.testing.assert_allclose(changes, shares[:, None, None] * full, atol=1e-5)
