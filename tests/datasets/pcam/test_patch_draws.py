"""Random numbers of a block, of which the first are wanted."""

import numpy as np
import pytest

from cnnlab.datasets.pcam.patch_draws import PatchDraws

DRAWS = {
    "uniform": lambda draws, n: draws.uniform(-1, 2, (n, 3)),
    "normal": lambda draws, n: draws.normal(1, 2, (4, n)),
    "standard_normal": lambda draws, n: draws.standard_normal((n, 2, 2)),
    "integers": lambda draws, n: draws.integers(0, 9, (n,)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_what_is_kept_is_what_the_whole_block_has_and_so_is_what_follows(name):
    rng, few, whole = (np.random.default_rng(3) for _ in range(3))
    drawn = DRAWS[name](PatchDraws(few, 10, 4), -1)
    everything = DRAWS[name](PatchDraws(whole, 10, 10), -1)
    axis = everything.shape.index(10)
    np.testing.assert_array_equal(drawn, everything.take(np.arange(4), axis))
    assert drawn.flags.c_contiguous and few.random() == whole.random() != rng.random()


def test_numbers_are_those_of_the_generator():
    rng, draws = np.random.default_rng(3), PatchDraws(np.random.default_rng(3), 5, 5)
    np.testing.assert_array_equal(draws.uniform(0, 1, (-1, 2)), rng.random((5, 2)))
    np.testing.assert_array_equal(draws.standard_normal((3, -1)), rng.standard_normal((3, 5), np.float32))
