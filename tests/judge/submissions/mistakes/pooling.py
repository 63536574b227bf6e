"""Mistakes in `pool2d_layer`."""

from ..contract import NETWORK
from ..editing import new_body
from .mistake import Mistake


def in_pooling(
    name, identifier, description, vectorised, loops, grade="required", consequences=NETWORK, stops=False
):
    """A mistake in `pool2d_layer`, with the replacements for each style."""
    return Mistake(
        name, identifier, "pool2d_layer", grade, description, vectorised, loops, consequences, stops
    )


MAXIMUM = "    return blocks.max(axis=(1, 3))\n"
MAXIMUM_LOOPS = "            out[i, j, :] = window.max(axis=(0, 1))\n"

MISTAKES = [
    in_pooling(
        "pool_is_mean",
        "pool_is_mean",
        "the mean of each window",
        ((MAXIMUM, "    return blocks.mean(axis=(1, 3))\n"),),
        ((MAXIMUM_LOOPS, "            out[i, j, :] = window.mean(axis=(0, 1))\n"),),
    ),
    in_pooling(
        "pool_is_minimum",
        "pool_is_minimum",
        "the smallest number of each window",
        ((MAXIMUM, "    return blocks.min(axis=(1, 3))\n"),),
        ((MAXIMUM_LOOPS, "            out[i, j, :] = window.min(axis=(0, 1))\n"),),
    ),
    in_pooling(
        "pool_is_sum",
        "pool_is_sum",
        "the sum of each window",
        ((MAXIMUM, "    return blocks.sum(axis=(1, 3))\n"),),
        ((MAXIMUM_LOOPS, "            out[i, j, :] = window.sum(axis=(0, 1))\n"),),
    ),
    in_pooling(
        "pool_takes_first_pixel",
        "pool_takes_first_pixel",
        "the upper left pixel of each window",
        ((MAXIMUM, "    return blocks[:, 0, :, 0]\n"),),
        ((MAXIMUM_LOOPS, "            out[i, j, :] = window[0, 0]\n"),),
    ),
    in_pooling(
        "pool_stride_one",
        "pool_stride_one",
        "the windows overlap: one step from each to the next",
        new_body(
            "vectorised",
            "pool2d_layer",
            "return sliding_window_view(h, (2, 2), axis=(0, 1)).max(axis=(3, 4))",
        ),
        (
            (
                "    rows = h.shape[0] // 2\n    cols = h.shape[1] // 2\n",
                "    rows = h.shape[0] - 1\n    cols = h.shape[1] - 1\n",
            ),
            ("h[2 * i:2 * i + 2, 2 * j:2 * j + 2, :]", "h[i:i + 2, j:j + 2, :]"),
        ),
        stops=True,
    ),
    in_pooling(
        "pool_across_channels",
        "pool_across_channels",
        "every channel gets the maximum over all of them",
        ((MAXIMUM, "    return np.repeat(blocks.max(axis=(1, 3, 4))[:, :, None], C, axis=2)\n"),),
        ((MAXIMUM_LOOPS, "            out[i, j, :] = np.max(window)\n"),),
    ),
    in_pooling(
        "pool_across_channels_into_one",
        "pool_across_channels",
        "one channel is left, with the maximum over all of them",
        ((MAXIMUM, "    return blocks.max(axis=(1, 3, 4))[:, :, np.newaxis]\n"),),
        (
            ("    out = np.zeros((rows, cols, h.shape[2]))\n", "    out = np.zeros((rows, cols, 1))\n"),
            (MAXIMUM_LOOPS, "            out[i, j, 0] = np.max(window)\n"),
        ),
        stops=True,
    ),
    in_pooling(
        "pool_negative_as_zero",
        "pool_negative_as_zero",
        "the search for the maximum begins at zero",
        ((MAXIMUM, "    return blocks.max(axis=(1, 3), initial=0)\n"),),
        (
            (
                MAXIMUM_LOOPS,
                """\
            for c in range(h.shape[2]):
                best = 0
                for value in window[:, :, c].flatten():
                    if value > best:
                        best = value
                out[i, j, c] = best
""",
            ),
        ),
        consequences=(),
    ),
    in_pooling(
        "pool_odd_size_rounded_up",
        "pool_odd_size",
        "an odd last row or column makes a window of its own",
        new_body(
            "vectorised",
            "pool2d_layer",
            "H, W, C = h.shape",
            "h = np.pad(h, ((0, H % 2), (0, W % 2), (0, 0)), constant_values=-np.inf)",
            "H, W, C = h.shape",
            "return h.reshape(H // 2, 2, W // 2, 2, C).max(axis=(1, 3))",
        ),
        (
            (
                "    rows = h.shape[0] // 2\n    cols = h.shape[1] // 2\n",
                "    rows = math.ceil(h.shape[0] / 2)\n    cols = math.ceil(h.shape[1] / 2)\n",
            ),
        ),
        grade="robust",
        consequences=(),
    ),
    in_pooling(
        "pool_odd_size_refused",
        "pool_odd_size",
        "an odd size raises an exception",
        (("h[:H // 2 * 2, :W // 2 * 2].reshape", "h.reshape"),),
        (
            (
                "    rows = h.shape[0] // 2\n    cols = h.shape[1] // 2\n",
                "    rows = int(h.shape[0] / 2 + 0.5)\n    cols = int(h.shape[1] / 2 + 0.5)\n",
            ),
            (
                MAXIMUM_LOOPS,
                "            a = max(window[0, 0, 0], window[1, 1, 0])  # four pixels, always\n"
                + MAXIMUM_LOOPS,
            ),
        ),
        grade="robust",
        consequences=(),
        stops=True,
    ),
]
