"""arrays.npz of a verify run: what the plots are drawn from, and what a doubter may look at."""

from typing import Any

import numpy as np

from cnnlab.files import atomic_path
from cnnlab.numpy_cnn import Network
from cnnlab.numpy_cnn.layers import Conv2D
from cnnlab.runs.folder import RunFolder
from cnnlab.verify.cases import Array


def save_arrays(
    folder: RunFolder, images: Array, sides: dict[str, dict[str, Array]], trained: Network | None
) -> None:
    """Write arrays.npz with these keys:

    - ``images``: uint8, the images that part 2 ran on;
    - ``keras/<layer>`` and ``numpy/<layer>``: each layer's output for the first image, random weights;
    - ``keras/gradient of <weight>`` and the same for numpy: each gradient, that of the input for the first image;
    - ``trained/<layer>``: each layer's output for the first image in the trained network, where there is one;
    - ``trained kernel``: the kernel of its first convolution.
    """
    arrays: dict[str, Any] = {"images": images}
    for side, values in sides.items():
        for name, array in values.items():
            of_weight = name.startswith("gradient") and name != "gradient of input"
            arrays[f"{side}/{name}"] = array if of_weight else array[:1]
    if trained is not None:
        arrays |= {f"trained/{name}": y for name, y in trained.activations(images[:1]).items()}
        kernel = _first_kernel(trained)
        arrays |= {} if kernel is None else {"trained kernel": kernel}
    with atomic_path(folder.path / "arrays.npz") as path:
        np.savez_compressed(path, **arrays)


def _first_kernel(network: Network) -> Array | None:
    for node in network.nodes:
        for layer in node.layers:
            if isinstance(layer, Conv2D):
                return layer.weights["kernel"]
    return None
