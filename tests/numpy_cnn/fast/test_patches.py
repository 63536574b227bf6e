import itertools

import numpy as np
import pytest

from cnnlab.numpy_cnn.fast import patches
from cnnlab.numpy_cnn.fast.patches import gather_patches, row_strips
from cnnlab.numpy_cnn.layers.windows import Window

WINDOWS = [
    Window((3, 3)),
    Window((3, 3), padding="same"),
    Window((2, 4), padding="same"),
    Window((3, 2), strides=(2, 2), padding="same"),
    Window((1, 1), strides=(2, 2)),
    Window((1, 1)),
    Window((2, 2), strides=(3, 1)),
    Window((3, 2), dilation=(2, 3)),
]


def plain_patches(window, padded, row, columns):
    """Patch by patch and number by number: ``(K, columns, batch)``."""
    (height, width), (down, right), (apart, across) = window.size, window.strides, window.dilation
    taps = itertools.product(range(height), range(width), range(len(padded)))
    return np.stack(
        [
            [padded[k, row * down + i * apart, column * right + j * across] for column in columns]
            for i, j, k in taps
        ]
    )


@pytest.mark.parametrize("window", WINDOWS, ids=repr)
@pytest.mark.parametrize("groups", [1, 2])
def test_every_patch_is_where_it_belongs(window, groups):
    x = np.random.default_rng(0).normal(size=(2, 9, 10, 3))
    rows, columns = window.output_size(x)
    columns -= columns % groups
    padded = window.pad(x)
    matrices = gather_patches(window, padded, range(1, rows), columns, groups=groups)
    order = [column for group in range(groups) for column in range(group, columns, groups)]
    for row, matrix in zip(range(1, rows), matrices, strict=True):
        expected = plain_patches(window, padded, row, order)
        np.testing.assert_array_equal(matrix.reshape(expected.shape), expected)


def test_neighbouring_matrices_share_their_lines():
    x = np.zeros((1, 28, 28, 4))
    matrices = gather_patches(Window((3, 3)), x, range(26), 26)
    assert np.shares_memory(matrices[0], matrices[1])
    assert matrices.base.nbytes < 1.2 * 3 * x.nbytes  # each pixel three times, not nine


def test_patches_beyond_the_image_are_refused():
    with pytest.raises(ValueError, match="strides is incompatible"):
        gather_patches(Window((3, 3)), np.zeros((1, 5, 5, 2)), range(5), 5)


@pytest.mark.parametrize("size", [1, 10_000, 1 << 30])
def test_strips_cover_every_row_once(monkeypatch, size):
    monkeypatch.setattr(patches, "STRIP_BYTES", size)
    x = np.zeros((2, 28, 28, 16), np.float32)
    strips = list(row_strips(Window((3, 3)), x, 26, 26))
    assert [row for strip in strips for row in strip] == list(range(26))
    assert len(strips) == (26 if size <= 10_000 else 1)
