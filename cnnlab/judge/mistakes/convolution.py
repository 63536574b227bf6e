"""Known mistakes in `conv2d_layer`."""

from collections.abc import Callable
from functools import partial

import numpy as np

from cnnlab.judge.mistakes.base import Impossible, Mistakes
from cnnlab.judge.plain import Array, activate, conv2d_layer, correlate, pad_same

CONVOLUTION = Mistakes()
EVEN_KERNELS = Mistakes()


def sums(h: Array, W: Array) -> Array:
    """The convolution before bias and activation."""
    return correlate(pad_same(h, W.shape[:2]), W)


def parts(h: Array, W: Array) -> Array:
    """What each input channel contributes: ``(channels in, height, width, channels out)``."""
    return np.stack([sums(h[:, :, c : c + 1], W[:, :, c : c + 1]) for c in range(h.shape[2])])


def with_kernel(change: Callable[[Array], Array]) -> Callable[..., Array]:
    """The right convolution with a changed kernel."""
    return lambda h, W, b, act: conv2d_layer(h, _fitting(change(W), W), b, act)


def _fitting(W: Array, original: Array) -> Array:
    if W.shape[2:] != original.shape[2:]:
        raise Impossible
    return W


def _square(W: Array) -> Array:
    if W.shape[0] != W.shape[1]:
        raise Impossible
    return W


def with_bias(bias: Callable[..., Array]) -> Callable[..., Array]:
    """The right sums with another bias, computed from W and b."""
    return lambda h, W, b, act: activate(sums(h, W) + bias(W, b), act)


def with_act(name: str) -> Callable[..., Array]:
    """Always the same activation."""
    return lambda h, W, b, act: conv2d_layer(h, W, b, name)


def per_channel(combine: Callable[[Array], Array]) -> Callable[..., Array]:
    """The input channels' parts combined otherwise than by adding them up."""
    return lambda h, W, b, act: activate(combine(parts(h, W)) + b, act)


def shifted(down: int, right: int, h: Array, W: Array, b: Array, act: str) -> Array:
    """The windows moved by pixels, reading zeros outside of the image."""
    rows, columns = W.shape[0] // 2 + abs(down), W.shape[1] // 2 + abs(right)
    wide = correlate(np.pad(h, ((rows, rows), (columns, columns), (0, 0))), W)
    top, left = abs(down) - down, abs(right) - right
    part = wide[top : top + h.shape[0], left : left + h.shape[1]]
    return activate(part + b, act)


def moved(down: int, right: int, stage: str, h: Array, W: Array, b: Array, act: str) -> Array:
    """The finished output moved, zeros (or, earlier, the bias' values) coming in."""
    z = sums(h, W)
    y = {"output": lambda: conv2d_layer(h, W, b, act), "biased": lambda: z + b, "sums": lambda: z}[stage]()
    out = np.zeros_like(y)
    rows, columns = y.shape[:2]
    into = np.s_[max(down, 0) : rows + min(down, 0), max(right, 0) : columns + min(right, 0)]
    source = np.s_[max(-down, 0) : rows - max(down, 0), max(-right, 0) : columns - max(right, 0)]
    out[into] = y[source]
    return {
        "output": lambda: out,
        "biased": lambda: activate(out, act),
        "sums": lambda: activate(out + b, act),
    }[stage]()


def one_sided(before: bool, h: Array, W: Array, b: Array, act: str) -> Array:
    """All the padding before the image, or all of it after."""
    rows, columns = W.shape[0] - 1, W.shape[1] - 1
    around = ((rows, 0), (columns, 0), (0, 0)) if before else ((0, rows), (0, columns), (0, 0))
    return activate(correlate(np.pad(h, around), W) + b, act)


def padded_by(mode: str, h: Array, W: Array, b: Array, act: str) -> Array:
    """Something else than zeros around the image."""
    return activate(correlate(pad_same(h, W.shape[:2], mode), W) + b, act)


def fixed_padding(h: Array, W: Array, b: Array, act: str) -> Array:
    """One pixel of padding whatever the kernel."""
    return activate(correlate(np.pad(h, ((1, 1), (1, 1), (0, 0))), W) + b, act)


def bordered(stage: str, h: Array, W: Array, b: Array, act: str) -> Array:
    """Only the inside computed, the border left at zero at some stage."""
    inside = correlate(h, W)
    rows, columns = W.shape[0] - 1, W.shape[1] - 1
    around = ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0))
    if stage == "sums":
        return activate(np.pad(inside, around) + b, act)
    if stage == "biased":
        return activate(np.pad(inside + b, around), act)
    return np.pad(activate(inside + b, act), around)


def cornered(h: Array, W: Array, b: Array, act: str) -> Array:
    """Only the inside computed, and written into the upper left."""
    inside = activate(correlate(h, W) + b, act)
    return np.pad(inside, ((0, W.shape[0] - 1), (0, W.shape[1] - 1), (0, 0)))


def reshaped_channels(W: Array) -> Array:
    """The last two axes exchanged by a reshape."""
    return W.reshape(*W.shape[:2], W.shape[3], W.shape[2])


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
    with_kernel(lambda W: _square(W).swapaxes(0, 1)),
    with_kernel(lambda W: _square(W).swapaxes(0, 1)[::-1, ::-1]),
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
    lambda h, W, b, act: activate(conv2d_layer(h, W, b, act), act),
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
    lambda h, W, b, act: activate(parts(h, W), act).sum(axis=0) + b,
    lambda h, W, b, act: activate(parts(h, W) + b, act).sum(axis=0),
    lambda h, W, b, act: activate(parts(h, W), act).sum(axis=0),
    lambda h, W, b, act: activate(activate(parts(h, W), act).sum(axis=0) + b, act),
)
add(
    "activation_before_bias",
    "The bias is added after the activation: it belongs before it.",
    lambda h, W, b, act: activate(sums(h, W), act) + b,
)
add(
    "channels_averaged",
    "The input channels' parts are averaged: they should be added up.",
    per_channel(lambda p: p.mean(axis=0)),
    lambda h, W, b, act: activate(parts(h, W).mean(axis=0) + b / h.shape[2], act),
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
    with_kernel(reshaped_channels),
    may_raise=True,
)
add(
    "padding_valid",
    "The image is not padded: the output should be as large as the input, with zeros read around the image.",
    lambda h, W, b, act: activate(correlate(h, W) + b, act),
    *(partial(bordered, stage) for stage in ("output", "biased", "sums")),
    cornered,
    may_raise=True,
)
add(
    "padding_not_zero",
    "Around the image something else than zeros is read (its edge, its mirror image, or its other side).",
    *(partial(padded_by, mode) for mode in ("edge", "reflect", "symmetric", "wrap")),
)
add(
    "padding_shifted",
    "The output is shifted by a pixel: for an odd kernel the padding is the same on both sides of the image.",
    partial(one_sided, True),
    partial(one_sided, False),
    *(partial(shifted, i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j),
    *(
        partial(moved, i, j, stage)
        for stage in ("output", "biased", "sums")
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if i or j
    ),
)
add(
    "padding_fixed",
    "The padding is one pixel whatever the kernel's size: that is right for 3x3 alone.",
    fixed_padding,
    may_raise=True,
)


def _even_shifted(axes: tuple[int, int], h: Array, W: Array, b: Array, act: str) -> Array:
    """The extra pixel of an even side before the image, in place of after."""
    around = []
    for side, wrong in zip(W.shape[:2], axes, strict=True):
        total = side - 1
        before = total - total // 2 if wrong else total // 2
        around.append((before, total - before))
    return activate(correlate(np.pad(h, (*around, (0, 0))), W) + b, act)


EVEN_KERNELS.add(
    "even_kernel_shifted",
    "With an even kernel the output is one pixel off: the extra row or column of zeros belongs at the end (below "
    "and to the right).",
    *(partial(_even_shifted, axes) for axes in ((1, 1), (1, 0), (0, 1))),
)
