"""Deformations that stand beside each other share one resampling."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment.warp import Warp, fused
from tests.augment.places import made

pytestmark = pytest.mark.keras


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
