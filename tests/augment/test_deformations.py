"""Deformations: one resampling that reads the right places, drawn as documented."""

import numpy as np
import pytest

from tests.augment.places import SIZE, made, matrices, places_read

pytestmark = pytest.mark.keras


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
