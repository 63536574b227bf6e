"""Mistakes in `conv2d_layer`."""

from ..contract import NETWORK
from .mistake import Mistake

SUM = "    z = np.tensordot(patches, W, axes=([3, 4, 2], [0, 1, 2])) + b\n"
PADDED = "    padded = np.pad(h, ((top, kh - 1 - top), (left, kw - 1 - left), (0, 0)))\n"
BIAS_LOOPS = "        z[:, :, o] += b[o]\n"
TERM_LOOPS = "                    z[:, :, o] += W[r, s, c, o] * big[r:r + rows, s:s + cols, c]\n"
BIG_LOOPS = """\
    big = np.zeros((rows + k_rows - 1, cols + k_cols - 1, n_in))
    big[up:up + rows, side:side + cols, :] = h
"""
SUM_LOOPS = f"""\
        for c in range(n_in):
            for r in range(k_rows):
                for s in range(k_cols):
{TERM_LOOPS}{BIAS_LOOPS}"""
# within one line each, since the same words stand in the dense layer too
RETURN = SUM + "    return activation(z, act)\n"
RETURN_LOOPS = BIAS_LOOPS + "    return activation(z, act)\n"


def in_convolution(
    name,
    identifier,
    description,
    vectorised,
    loops,
    grade="required",
    consequences=NETWORK,
    stops_callers=False,
):
    """A mistake in `conv2d_layer`, with one replacement for each style."""
    return Mistake(
        name,
        identifier,
        "conv2d_layer",
        grade,
        description,
        (vectorised,),
        (loops,),
        consequences,
        stops_callers,
    )


MISTAKES = [
    in_convolution(
        "kernel_not_turned",
        "kernel_not_turned",
        "a true convolution, with the kernel upside down and back to front",
        ("np.tensordot(patches, W, ", "np.tensordot(patches, W[::-1, ::-1], "),
        ("W[r, s, c, o]", "W[k_rows - 1 - r, k_cols - 1 - s, c, o]"),
    ),
    in_convolution(
        "kernel_axes_swapped",
        "kernel_axes_swapped",
        "the rows of the kernel are taken for its columns",
        (
            SUM,
            "    W = W.transpose(1, 0, 2, 3).reshape(W.shape)\n" + SUM,
        ),
        (
            SUM_LOOPS,
            "        w = np.swapaxes(W, 0, 1).reshape(W.shape)\n" + SUM_LOOPS.replace("W[r", "w[r"),
        ),
    ),
    in_convolution(
        "bias_missing",
        "bias_missing",
        "no bias is added",
        (SUM, SUM.replace(" + b\n", "\n")),
        (BIAS_LOOPS, ""),
    ),
    in_convolution(
        "bias_added_per_channel",
        "bias_added_per_channel",
        "the bias is added once for each input channel",
        (SUM, SUM.replace(" + b\n", " + b * h.shape[2]\n")),
        (SUM_LOOPS, SUM_LOOPS.replace(BIAS_LOOPS, "    " + BIAS_LOOPS)),
    ),
    in_convolution(
        "bias_added_twice",
        "bias_added_twice",
        "the bias is added twice",
        (SUM, SUM + "    z += b\n"),
        (RETURN_LOOPS, BIAS_LOOPS + "    return activation(z + b, act)\n"),
    ),
    in_convolution(
        "bias_added_per_kernel_entry",
        "bias_added_per_kernel_entry",
        "the bias is added once for each entry of the kernel",
        (SUM, SUM.replace(" + b\n", " + b * kh * kw * h.shape[2]\n")),
        (SUM_LOOPS, SUM_LOOPS.replace(TERM_LOOPS + BIAS_LOOPS, TERM_LOOPS + "            " + BIAS_LOOPS)),
    ),
    in_convolution(
        "bias_first_only",
        "bias_first_only",
        "every output channel gets the first bias",
        (SUM, SUM.replace(" + b\n", " + b[0]\n")),
        (BIAS_LOOPS, BIAS_LOOPS.replace("b[o]", "b[0]")),
    ),
    in_convolution(
        "conv_activation_missing",
        "activation_missing",
        "the convolution gives the sums as they are",
        (RETURN, SUM + "    return z\n"),
        (RETURN_LOOPS, BIAS_LOOPS + "    return z\n"),
    ),
    in_convolution(
        "conv_activation_twice",
        "activation_twice",
        "the activation is applied to the activation",
        (RETURN, SUM + "    z = activation(z, act)\n    return activation(z, act)\n"),
        (RETURN_LOOPS, BIAS_LOOPS + "    return activation(activation(z, act), act)\n"),
        consequences=(),
    ),
    in_convolution(
        "activation_before_channel_sum",
        "activation_before_channel_sum",
        "the activation is applied to each channel's part before they are added up, the bias after it",
        (
            RETURN,
            "    parts = np.einsum('ijcmn,mnck->ijck', patches, W)\n"
            "    return activation(parts, act).sum(axis=2) + b\n",
        ),
        (
            SUM_LOOPS + "    return activation(z, act)\n",
            """\
        for c in range(n_in):
            part = np.zeros((rows, cols))
            for r in range(k_rows):
                for s in range(k_cols):
                    part += W[r, s, c, o] * big[r:r + rows, s:s + cols, c]
            z[:, :, o] += activation(part, act)
        z[:, :, o] += b[o]
    return z
""",
        ),
    ),
    in_convolution(
        "activation_before_bias",
        "activation_before_bias",
        "the bias is added after the activation",
        (RETURN, SUM.replace(" + b\n", "\n") + "    return activation(z, act) + b\n"),
        (RETURN_LOOPS, "    return activation(z, act) + b\n"),
    ),
    in_convolution(
        "conv_relu_always",
        "activation_argument_ignored",
        "the convolution applies relu whatever it is asked for",
        (RETURN, SUM + "    return activation(z, 'relu')\n"),
        (RETURN_LOOPS, BIAS_LOOPS + '    return activation(z, "relu")\n'),
        consequences=(),
    ),
    in_convolution(
        "channels_averaged",
        "channels_averaged",
        "the mean over the input channels in place of their sum",
        (SUM, SUM.replace(" + b\n", " / h.shape[2] + b\n")),
        (BIAS_LOOPS, "        z[:, :, o] = z[:, :, o] / n_in + b[o]\n"),
    ),
    in_convolution(
        "only_last_channel_kept",
        "only_last_channel_kept",
        "each input channel overwrites the one before it",
        (SUM, SUM.replace("(patches, W, ", "(patches[:, :, -1:], W[:, :, -1:], ")),
        (
            SUM_LOOPS,
            SUM_LOOPS.replace(
                "            for r in range(k_rows):\n",
                "            z[:, :, o] = 0\n            for r in range(k_rows):\n",
            ),
        ),
    ),
    in_convolution(
        "only_first_channel_used",
        "only_first_channel_used",
        "the other input channels are never looked at",
        (SUM, SUM.replace("(patches, W, ", "(patches[:, :, :1], W[:, :, :1], ")),
        (SUM_LOOPS, SUM_LOOPS.replace("for c in range(n_in):", "for c in [0]:")),
    ),
    in_convolution(
        "channels_swapped",
        "channels_swapped",
        "the last two axes of the kernel are taken for each other",
        ("np.tensordot(patches, W, ", "np.tensordot(patches, np.swapaxes(W, 2, 3), "),
        ("W[r, s, c, o]", "W[r, s, o, c]"),
        stops_callers=True,
    ),
    in_convolution(
        "padding_valid",
        "padding_valid",
        "no padding, so that the output is smaller than the input",
        (PADDED, "    padded = h\n"),
        (
            BIG_LOOPS,
            "    big = h\n    rows = rows - k_rows + 1\n    cols = cols - k_cols + 1\n",
        ),
        stops_callers=True,
    ),
    in_convolution(
        "padding_valid_in_frame_of_zeros",
        "padding_valid",
        "only the inner pixels are computed, and the border of the output stays at zero",
        (
            RETURN,
            SUM + "    inner = np.zeros(z.shape)\n"
            "    rows = slice(top, z.shape[0] - (kh - 1 - top))\n"
            "    cols = slice(left, z.shape[1] - (kw - 1 - left))\n"
            "    inner[rows, cols] = activation(z, act)[rows, cols]\n"
            "    return inner\n",
        ),
        (
            RETURN_LOOPS,
            BIAS_LOOPS + "    z = activation(z, act)\n"
            "    out = np.zeros(z.shape)\n"
            "    for i in range(up, rows - (k_rows - 1 - up)):\n"
            "        for j in range(side, cols - (k_cols - 1 - side)):\n"
            "            out[i, j, :] = z[i, j, :]\n"
            "    return out\n",
        ),
    ),
    in_convolution(
        "padding_shifted_down",
        "padding_shifted",
        "one row and one column too many above and to the left: the output moves down and to the right",
        (
            PADDED,
            "    padded = np.pad(h, ((top + 1, kh - 1 - top), (left + 1, kw - 1 - left), (0, 0)))\n"
            "    padded = padded[:-1, :-1]\n",
        ),
        (
            BIG_LOOPS,
            "    big = np.zeros((rows + k_rows, cols + k_cols, n_in))\n"
            "    big[up + 1:up + 1 + rows, side + 1:side + 1 + cols, :] = h\n",
        ),
    ),
    in_convolution(
        "padding_shifted_up",
        "padding_shifted",
        "one row and one column too few above and to the left: the output moves up and to the left",
        (
            PADDED,
            "    padded = np.pad(h, ((top, kh - top), (left, kw - left), (0, 0)))[1:, 1:]\n",
        ),
        (
            BIG_LOOPS,
            "    big = np.zeros((rows + k_rows, cols + k_cols, n_in))\n"
            "    big[up:up + rows, side:side + cols, :] = h\n"
            "    big = big[1:, 1:]\n",
        ),
    ),
    in_convolution(
        "padding_with_edge_values",
        "padding_not_zero",
        "the outermost pixels are repeated in place of zeros",
        (PADDED, PADDED.replace("(0, 0)))", "(0, 0)), mode='edge')")),
        (
            BIG_LOOPS,
            "    big = np.pad(h, ((up, k_rows - 1 - up), (side, k_cols - 1 - side), (0, 0)), mode='edge')\n",
        ),
    ),
    in_convolution(
        "padding_mirrored",
        "padding_not_zero",
        "the image is mirrored at its border in place of zeros",
        (PADDED, PADDED.replace("(0, 0)))", "(0, 0)), mode='symmetric')")),
        (
            BIG_LOOPS,
            "    big = np.pad(h, ((up, k_rows - 1 - up), (side, k_cols - 1 - side), (0, 0)), 'symmetric')\n",
        ),
    ),
    in_convolution(
        "even_kernel_shifted",
        "even_kernel_shifted",
        "an even kernel is centred on the pixel after the one Keras takes",
        ("(kh - 1) // 2, (kw - 1) // 2", "kh // 2, kw // 2"),
        (
            "    up = (k_rows - 1) // 2\n    side = (k_cols - 1) // 2\n",
            "    up = k_rows // 2\n    side = k_cols // 2\n",
        ),
        grade="beyond",
        consequences=(),
    ),
]
