"""Mistakes in `setup_model`: how many weights there are."""

from .mistake import Mistake

COUNT = "        self.N = sum(np.size(w) for w in W) + sum(np.size(v) for v in b)\n"
KERNEL_LOOPS = "                count += W[i].size\n"
BIAS_LOOPS = "                count += b[i].size\n"


def in_setup(name, identifier, description, vectorised, loops):
    """A mistake in `setup_model`, with one replacement for each style."""
    return Mistake(name, identifier, "setup_model", "required", description, (vectorised,), (loops,))


MISTAKES = [
    in_setup(
        "weights_counted_as_list_length",
        "weights_counted_as_list_length",
        "the entries of the two lists are counted",
        (COUNT, "        self.N = len(W) + len(b)\n"),
        ("        self.N = count\n", "        self.N = len(W) + len(b)\n"),
    ),
    in_setup(
        "weights_counted_as_layers",
        "weights_counted_as_layers",
        "the arrays are counted and not the numbers in them",
        (COUNT, "        self.N = sum(np.size(w) > 0 for w in W) + sum(np.size(v) > 0 for v in b)\n"),
        (KERNEL_LOOPS + BIAS_LOOPS, "                count += 1\n                count += 1\n"),
    ),
    in_setup(
        "biases_not_counted",
        "biases_not_counted",
        "kernels and matrices alone",
        (COUNT, "        self.N = sum(np.size(w) for w in W)\n"),
        (BIAS_LOOPS, ""),
    ),
    in_setup(
        "only_biases_counted",
        "only_biases_counted",
        "the kernels and matrices are left out",
        (COUNT, "        self.N = sum(np.size(v) for v in b)\n"),
        (KERNEL_LOOPS, ""),
    ),
    in_setup(
        "kernels_counted_without_channels",
        "kernels_counted_without_channels",
        "height times width of each kernel, without its channels",
        (
            COUNT,
            "        self.N = sum(np.size(v) for v in b)\n"
            "        for w in W:\n"
            "            if np.ndim(w) == 4:\n"
            "                self.N += w.shape[0] * w.shape[1]\n"
            "            else:\n"
            "                self.N += np.size(w)\n",
        ),
        (
            KERNEL_LOOPS,
            '                if lname[i] == "conv":\n'
            "                    count += W[i].shape[0] * W[i].shape[1]\n"
            "                else:\n"
            "                    count += W[i].size\n",
        ),
    ),
    in_setup(
        "kernels_counted_without_input_channels",
        "kernels_counted_without_channels",
        "height times width times output channels of each kernel",
        (
            COUNT,
            "        self.N = sum(np.size(v) for v in b)\n"
            "        for w in W:\n"
            "            if np.ndim(w) == 4:\n"
            "                self.N += w.shape[0] * w.shape[1] * w.shape[3]\n"
            "            else:\n"
            "                self.N += np.size(w)\n",
        ),
        (
            KERNEL_LOOPS,
            '                if lname[i] == "conv":\n'
            "                    count += W[i][:, :, 0, :].size\n"
            "                else:\n"
            "                    count += W[i].size\n",
        ),
    ),
    in_setup(
        "kernels_not_counted",
        "kernels_not_counted",
        "the kernels of the convolutions are left out",
        (
            COUNT,
            "        self.N = sum(np.size(w) for w, l in zip(W, lname) if l == 'dense')\n"
            "        self.N += sum(np.size(v) for v in b)\n",
        ),
        (
            KERNEL_LOOPS,
            '                if lname[i] == "dense":\n                    count += W[i].size\n',
        ),
    ),
    in_setup(
        "only_last_layer_counted",
        "only_last_layer_counted",
        "each layer's count overwrites the one before it",
        (
            COUNT,
            "        for w, v in zip(W, b):\n"
            "            if np.size(w) > 0:\n"
            "                self.N = np.size(w) + np.size(v)\n",
        ),
        (KERNEL_LOOPS, "                count = W[i].size\n"),
    ),
    in_setup(
        "count_not_stored",
        "count_not_stored",
        "the right number is printed and not kept in self.N",
        (
            COUNT + "        print('Number of weights: %d' % self.N)\n",
            COUNT.replace("self.N", "N") + "        print('Number of weights: %d' % N)\n",
        ),
        (
            '        self.N = count\n        print("The model has", self.N, "weights")\n',
            '        print("The model has", count, "weights")\n',
        ),
    ),
]
