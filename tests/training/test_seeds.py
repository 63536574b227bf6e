"""Where random numbers come from: of seed, repeat, epoch and place alone."""

import numpy as np
import pytest

from cnnlab.training.seeds import augmentation_states, epoch_order, member_seed, repeat_seed, split_generator


def test_repeats_and_members_have_seeds_of_their_own():
    seeds = {repeat_seed(seed, repeat) for seed in range(10) for repeat in range(10)}
    assert len(seeds) == 100 and all(0 <= seed < 2**32 for seed in seeds)
    assert member_seed(7, 0) == 7
    assert len({member_seed(7, member) for member in range(20)}) == 20


def test_they_stay_what_they_were():
    """A run of today comes again with a later version: NumPy promises these numbers for ever."""
    assert [repeat_seed(0, repeat) for repeat in range(3)] == [2968811710, 3964924996, 3141116543]
    assert split_generator(1).integers(1000) == 473


def test_an_epochs_order_is_a_permutation_that_nobody_may_change():
    order = epoch_order(3, 0, 50)
    assert sorted(order) == list(range(50)) and order.dtype == np.int64
    np.testing.assert_array_equal(order, epoch_order(3, 0, 50))
    assert not np.array_equal(order, epoch_order(3, 1, 50)) and not np.array_equal(
        order, epoch_order(4, 0, 50)
    )
    with pytest.raises(ValueError, match="read-only"):
        order[0] = 1


def test_each_chunk_and_generator_starts_elsewhere():
    states = [augmentation_states(3, epoch, chunk, 4) for epoch in range(3) for chunk in range(3)]
    assert all(state.shape == (4, 2) and state.dtype == np.uint32 for state in states)
    assert len({tuple(row) for state in states for row in state.tolist()}) == 36
