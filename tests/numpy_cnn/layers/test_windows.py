"""Sizes and paddings over all small combinations, and the fast path against the plain one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.numpy_cnn.fast import batch_last, infer
from cnnlab.numpy_cnn.layers import AveragePooling2D, Conv2D, MaxPooling2D
from cnnlab.numpy_cnn.layers.windows import Window

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
paddings = st.sampled_from(["same", "valid"])


@given(size=sizes, window=pairs, strides=pairs, dilation=pairs, padding=paddings)
def test_every_window_lies_in_the_padded_image(size, window, strides, dilation, padding):
    geometry = Window(window, strides, padding, dilation)
    x = np.zeros((1, *size, 1))
    if padding == "valid" and any(s > n for s, n in zip(geometry.span(), size, strict=True)):
        with pytest.raises(ValueError, match="does not fit"):
            geometry.output_size(x)
        return
    rows, columns = geometry.output_size(x)
    if padding == "same":
        assert (rows, columns) == tuple(-(-n // s) for n, s in zip(size, strides, strict=True))
        assert all(0 <= after - before <= 1 for before, after in geometry.pads(x))
    padded = geometry.pad(x, 1.0)
    assert geometry.crop(padded, x).shape == x.shape
    taps = [padded[:, down, right] for down, right in geometry.taps((rows, columns))]
    assert {tap.shape for tap in taps} == {(1, rows, columns, 1)}
    assert len(taps) == window[0] * window[1]
    if dilation == (1, 1):
        assert np.all(np.min(taps, axis=0) == 0)  # no window lies in the padding alone


@settings(max_examples=60, deadline=None)
@given(
    size=sizes,
    window=pairs,
    strides=pairs,
    padding=paddings,
    batch=st.integers(1, 3),
    channels=st.integers(1, 3),
    seed=st.integers(0, 9),
)
def test_fast_path_and_adjoint(size, window, strides, padding, batch, channels, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, *size, channels))
    if padding == "valid" and any(w > n for w, n in zip(window, size, strict=True)):
        padding = "same"
    kernel = rng.normal(size=(*window, channels, 2))
    convolution = Conv2D(kernel, strides=strides, padding=padding)
    pools = [pool(window, strides=strides, padding=padding) for pool in (MaxPooling2D, AveragePooling2D)]
    for layer in (convolution, *pools):
        y = layer.forward(x)
        np.testing.assert_allclose(batch_last(infer(layer, batch_last(x))), y, rtol=0, atol=1e-12)
        upstream = rng.normal(size=y.shape)
        (dx,) = layer.backward(upstream)  # all are (piecewise) linear without bias: <y, u> = <x, dx>
        np.testing.assert_allclose((y * upstream).sum(), (x * dx).sum(), rtol=1e-9, atol=1e-9)


def test_an_unknown_padding_is_refused():
    with pytest.raises(ValueError, match="'same' or 'valid', not 'full'"):
        Window((2, 2), padding="full")
