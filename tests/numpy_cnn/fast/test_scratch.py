import numpy as np

from cnnlab.numpy_cnn.fast.scratch import ScratchBuffers


def address(array):
    return array.__array_interface__["data"][0]


def test_memory_is_used_again_only_when_nobody_holds_it():
    scratch = ScratchBuffers()
    first = scratch.empty((4, 5), np.float32)
    view = first[1:].T
    place = address(first)
    del first
    second = scratch.empty((4, 5), np.float32)  # the view is still alive
    assert not np.shares_memory(view, second)
    del view
    assert address(scratch.empty((2, 3), np.float64)) == place


def test_buffers_that_are_too_small_are_given_up():
    scratch = ScratchBuffers()
    for size in range(1, 50):
        assert scratch.empty((size,), np.float64).shape == (size,)
    assert len(scratch._buffers) <= 2
