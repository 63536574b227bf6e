"""Mistakes in `flatten_layer`."""

from ..contract import NETWORK
from .mistake import Mistake

FLAT = "    return h.reshape(-1)\n"
ORDER_LOOPS = """\
    for i in range(rows):
        for j in range(cols):
            for c in range(channels):
"""


def in_flatten(
    name, identifier, description, vectorised, loops, grade="required", consequences=NETWORK, stops=False
):
    """A mistake in `flatten_layer`, with one replacement for each style."""
    return Mistake(
        name, identifier, "flatten_layer", grade, description, (vectorised,), (loops,), consequences, stops
    )


MISTAKES = [
    in_flatten(
        "flatten_column_major",
        "flatten_column_major",
        "the first axis runs fastest",
        (FLAT, "    return h.reshape(-1, order='F')\n"),
        (
            ORDER_LOOPS,
            """\
    for c in range(channels):
        for j in range(cols):
            for i in range(rows):
""",
        ),
    ),
    in_flatten(
        "flatten_channels_first",
        "flatten_channels_first",
        "one channel after the other, each row by row",
        (FLAT, "    return h.transpose(2, 0, 1).reshape(-1)\n"),
        (
            ORDER_LOOPS,
            """\
    for c in range(channels):
        for i in range(rows):
            for j in range(cols):
""",
        ),
    ),
    in_flatten(
        "flatten_columns_before_rows",
        "flatten_columns_before_rows",
        "down each column of pixels, the channels of a pixel together",
        (FLAT, "    return h.transpose(1, 0, 2).reshape(-1)\n"),
        (
            ORDER_LOOPS,
            """\
    for j in range(cols):
        for i in range(rows):
            for c in range(channels):
""",
        ),
    ),
    in_flatten(
        "flatten_first_channel_only",
        "flatten_first_channel_only",
        "the other channels are dropped",
        (FLAT, "    return h[:, :, 0].reshape(-1)\n"),
        ("    rows, cols, channels = h.shape\n", "    rows, cols = h.shape[:2]\n    channels = 1\n"),
        stops=True,
    ),
    in_flatten(
        "flatten_returns_column",
        "flatten_returns_column",
        "a column of shape (n, 1), which the file's own dense layer takes",
        (FLAT, "    return h.reshape(-1, 1)\n"),
        ("                n += 1\n    return v\n", "                n += 1\n    return v[:, None]\n"),
        grade="beyond",
        consequences=(),
    ),
]
