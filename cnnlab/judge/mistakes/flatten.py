"""Known mistakes in `flatten_layer`."""

from cnnlab.judge.mistakes.base import Mistakes

FLATTEN = Mistakes()
add = FLATTEN.add
add(
    "flatten_column_major",
    "The numbers come column-major, the first axis running fastest: Keras flattens row-major, the last axis fastest.",
    lambda h: h.ravel(order="F"),
)
add(
    "flatten_channels_first",
    "One channel comes after the other: Keras keeps the channels of a pixel together.",
    lambda h: h.transpose(2, 0, 1).ravel(),
)
add(
    "flatten_columns_before_rows",
    "Height and width are exchanged: the pixels should come row by row.",
    lambda h: h.transpose(1, 0, 2).ravel(),
)
add(
    "flatten_first_channel_only",
    "Only one channel is kept: the vector should have height x width x channels numbers.",
    lambda h: h[:, :, 0].ravel(),
    lambda h: h[:, :, -1].ravel(),
)
add("flatten_does_nothing", "The image is returned as it came: it should become one vector.", lambda h: h)
add("flatten_reversed", "The numbers come in reverse order.", lambda h: h.ravel()[::-1])
