"""Known mistakes in `conv2d_layer`."""

from collections.abc import Callable

import numpy as np

from cnnlab.judge.mistakes.base import Impossible, Mistakes
from cnnlab.judge.references import RIGHT, Array, correlate

CONVOLUTION = Mistakes()
EVEN_KERNELS = Mistakes()
Way = Callable[[Array, Array, Array, str], Array]
Around = Callable[[int], tuple[int, int]]
"""Pixels before and after the image, for a kernel of a size."""


def same(size: int) -> tuple[int, int]:
    """The right padding: of an even kernel the odd pixel goes after the image."""
    return (size - 1) // 2, size // 2


def pad(h: Array, rows: tuple[int, int], columns: tuple[int, int], mode: str = "constant") -> Array:
    """Put pixels around an image; a negative number of them is cut off."""
    around = [(max(before, 0), max(after, 0)) for before, after in (rows, columns)]
    wide = np.pad(h, (*around, (0, 0)), mode=mode)  # type: ignore[call-overload]
    bottom, right = wide.shape[0] + min(rows[1], 0), wide.shape[1] + min(columns[1], 0)
    return wide[-min(rows[0], 0) : bottom, -min(columns[0], 0) : right]


def sums(h: Array, W: Array) -> Array:
    """The convolution before bias and activation."""
    return correlate(pad(h, same(W.shape[0]), same(W.shape[1])), W)


def padded(rows: Around, columns: Around | None = None, mode: str = "constant") -> Way:
    """Another padding."""

    def way(h: Array, W: Array, b: Array, act: str) -> Array:
        wide = pad(h, rows(W.shape[0]), (columns or rows)(W.shape[1]), mode)
        return RIGHT.activation(correlate(wide, W) + b, act)

    return way


def shifted(pixels: int) -> Around:
    """The right padding of an odd kernel, moved by pixels."""
    return lambda size: (size // 2 + pixels, size // 2 - pixels)


def parts(h: Array, W: Array) -> Array:
    """What each input channel contributes: ``(channels in, height, width, channels out)``."""
    return np.stack([sums(h[:, :, c : c + 1], W[:, :, c : c + 1]) for c in range(h.shape[2])])


def with_kernel(change: Callable[[Array], Array]) -> Way:
    """The right convolution with a changed kernel."""

    def way(h: Array, W: Array, b: Array, act: str) -> Array:
        changed = change(W)
        if changed.shape[2:] != W.shape[2:]:
            raise Impossible
        return RIGHT.conv2d_layer(h, changed, b, act)

    return way


def square(W: Array) -> Array:
    """A kernel as high as wide."""
    if W.shape[0] != W.shape[1]:
        raise Impossible
    return W


def with_bias(bias: Callable[[Array, Array], Array]) -> Way:
    """The right sums with another bias, computed from W and b."""
    return lambda h, W, b, act: RIGHT.activation(sums(h, W) + bias(W, b), act)


def with_act(name: str) -> Way:
    """Always the same activation."""
    return lambda h, W, b, act: RIGHT.conv2d_layer(h, W, b, name)


def per_channel(combine: Callable[[Array], Array]) -> Way:
    """The input channels' parts combined otherwise than by adding them up."""
    return lambda h, W, b, act: RIGHT.activation(combine(parts(h, W)) + b, act)


STAGES = ("activation", "bias", "sums")


def changed_after(stage: str, change: Callable[[Array, Array], Array]) -> Way:
    """The right convolution, and at one of the `STAGES` something done to the numbers, by the kernel's size."""

    def way(h: Array, W: Array, b: Array, act: str) -> Array:
        y = sums(h, W)
        y = change(y, W) if stage == "sums" else y
        y = y + b
        y = change(y, W) if stage == "bias" else y
        y = RIGHT.activation(y, act)
        return change(y, W) if stage == "activation" else y

    return way


def moved(down: int, right: int) -> Callable[[Array, Array], Array]:
    """Moved by pixels, zeros coming in."""
    return lambda y, W: pad(y, (down, -down), (right, -right))


def inside(y: Array, W: Array) -> Array:
    """Where the kernel lies within the image."""
    (top, bottom), (left, right) = same(W.shape[0]), same(W.shape[1])
    return pad(y, (-top, -bottom), (-left, -right))


def without_border(y: Array, W: Array) -> Array:
    """The border left at zero."""
    return pad(inside(y, W), same(W.shape[0]), same(W.shape[1]))


def in_the_corner(y: Array, W: Array) -> Array:
    """The inside written into the upper left."""
    return pad(inside(y, W), (0, W.shape[0] - 1), (0, W.shape[1] - 1))


NEIGHBOURS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]

add = CONVOLUTION.add
add(
    "kernel_not_turned",
    "The output is that of a true convolution, where Keras' layer is a cross-correlation: the kernel is used upside "
    "down and back to front. If your library's function turns the kernel, yours must be turned by 180° to undo it.",
    with_kernel(lambda W: W[::-1, ::-1]),
)
add(
    "kernel_flipped",
    "The kernel is mirrored along one of its axes.",
    with_kernel(lambda W: W[::-1]),
    with_kernel(lambda W: W[:, ::-1]),
)
add(
    "kernel_axes_swapped",
    "The kernel's height and width are taken for each other: the first axis of W is the height.",
    with_kernel(lambda W: W.swapaxes(0, 1)),
    with_kernel(lambda W: square(W).swapaxes(0, 1)),
    with_kernel(lambda W: square(W).swapaxes(0, 1)[::-1, ::-1]),
    may_raise=True,
)
add("bias_missing", "The bias is not added.", with_bias(lambda W, b: 0 * b))
add("bias_added_twice", "The bias is added twice.", with_bias(lambda W, b: 2 * b))
add(
    "bias_added_per_channel",
    "The bias is added once for each input channel: it belongs to the finished sum, once.",
    with_bias(lambda W, b: W.shape[2] * b),
)
add(
    "bias_added_per_kernel_entry",
    "The bias is added with every product of a kernel entry and a pixel: it belongs to the finished sum, once.",
    with_bias(lambda W, b: W[..., 0].size * b),
    with_bias(lambda W, b: W.shape[0] * W.shape[1] * b),
)
add(
    "bias_first_only",
    "Every output channel gets the first bias: each has its own.",
    with_bias(lambda W, b: b[:1] + 0 * b),
)
add("bias_sign_wrong", "The bias is subtracted where it should be added.", with_bias(lambda W, b: -b))
add(
    "activation_missing",
    "The layer gives its sums as they are: the activation is not applied.",
    with_act("linear"),
)
add(
    "activation_twice",
    "The activation is applied twice. With relu that changes nothing; with sigmoid it does.",
    lambda h, W, b, act: RIGHT.activation(RIGHT.conv2d_layer(h, W, b, act), act),
)
add(
    "activation_argument_ignored",
    "The layer uses the same activation whatever its argument says.",
    with_act("relu"),
    with_act("sigmoid"),
)
add(
    "activation_before_channel_sum",
    "The activation is applied to each input channel's part, and the results are added up: it belongs after the sum "
    "over the channels (and after the bias).",
    lambda h, W, b, act: RIGHT.activation(parts(h, W), act).sum(axis=0) + b,
    lambda h, W, b, act: RIGHT.activation(parts(h, W) + b, act).sum(axis=0),
    lambda h, W, b, act: RIGHT.activation(parts(h, W), act).sum(axis=0),
    lambda h, W, b, act: RIGHT.activation(RIGHT.activation(parts(h, W), act).sum(axis=0) + b, act),
)
add(
    "activation_before_bias",
    "The bias is added after the activation: it belongs before it.",
    lambda h, W, b, act: RIGHT.activation(sums(h, W), act) + b,
)
add(
    "channels_averaged",
    "The input channels' parts are averaged: they should be added up.",
    per_channel(lambda p: p.mean(axis=0)),
    lambda h, W, b, act: RIGHT.activation(parts(h, W).mean(axis=0) + b / h.shape[2], act),
)
add(
    "only_last_channel_kept",
    "Only the last input channel counts: each overwrites the one before, where they should be added up.",
    per_channel(lambda p: p[-1]),
)
add("only_first_channel_used", "Only the first input channel is used.", per_channel(lambda p: p[0]))
add(
    "channels_swapped",
    "The kernel's last two axes are taken for each other: W is (height, width, channels in, channels out).",
    with_kernel(lambda W: W.swapaxes(2, 3)),
    with_kernel(lambda W: W.reshape(*W.shape[:2], W.shape[3], W.shape[2])),
    may_raise=True,
)
add(
    "padding_valid",
    "The image is not padded: the output should be as large as the input, with zeros read around the image.",
    padded(lambda size: (0, 0)),
    *(changed_after(stage, without_border) for stage in STAGES),
    changed_after("activation", in_the_corner),
    may_raise=True,
)
add(
    "padding_not_zero",
    "Around the image something else than zeros is read (its edge, its mirror image, or its other side).",
    *(padded(same, mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")),
)
add(
    "padding_shifted",
    "The output is shifted by a pixel: for an odd kernel the padding is the same on both sides of the image.",
    padded(lambda size: (size - 1, 0)),
    padded(lambda size: (0, size - 1)),
    *(padded(shifted(i), shifted(j)) for i, j in NEIGHBOURS),
    *(changed_after(stage, moved(i, j)) for stage in STAGES for i, j in NEIGHBOURS),
)
add(
    "padding_fixed",
    "The padding is one pixel whatever the kernel's size: that is right for 3x3 alone.",
    padded(lambda size: (1, 1)),
    may_raise=True,
)


def early(size: int) -> tuple[int, int]:
    """The odd pixel of an even kernel before the image, in place of after."""
    return same(size)[::-1]


EVEN_KERNELS.add(
    "even_kernel_shifted",
    "With an even kernel the output is one pixel off: the extra row or column of zeros belongs at the end (below "
    "and to the right).",
    padded(early, early),
    padded(early, same),
    padded(same, early),
)
