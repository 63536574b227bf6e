"""The page of found pairs: equal and nearly equal images side by side, with what they are called."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.files import make_folder
from cnnlab.report.figures.style import save, shorten, titled

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from cnnlab.datasets import Dataset
    from cnnlab.datasets.audit import Audit, ImageOf, ImagePair

COLUMNS, MOST_ROWS = 3, 8
ROW_INCHES, LETTERS = 0.84, 20


def write_audit_picture(path: Path, data: "Dataset", audit: "Audit") -> None:
    """Draw the first pairs of an audit to `path`; the images are read from `data`. Raises RunError as `save` does."""
    pairs = audit.pairs[: COLUMNS * MOST_ROWS]
    rows = -(-len(pairs) // COLUMNS)
    about = f"{data.title} · {len(pairs)} of the pairs found, what matters most first"
    make_folder(path.parent)
    with titled(0.45 + ROW_INCHES * rows, "Audit", ": equal and nearly equal images", about) as figure:
        axes = figure.subplots(rows, 2 * COLUMNS, squeeze=False).ravel()
        for ax in axes:
            ax.axis("off")
        for first, second, pair in zip(axes[::2], axes[1::2], pairs, strict=False):
            _draw_pair((first, second), data, pair)
    save(figure, path)


def _draw_pair(axes: "Sequence[Axes]", data: "Dataset", pair: "ImagePair") -> None:
    for ax, image, below in zip(axes, (pair.first, pair.second), _below(pair), strict=True):
        pixels: np.ndarray = data.splits()[image.part].images[image.index]
        shown = pixels if pixels.shape[-1] == 3 else pixels[..., 0]
        ax.imshow(shown, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        ax.set_title(_title(image), fontsize=4.6, pad=2, color=_colour(pair))
        ax.text(0.5, -0.06, below, transform=ax.transAxes, ha="center", va="top", fontsize=4.2)


def _title(image: "ImageOf") -> str:
    name = str(image.index) if image.name is None else Path(image.name).name
    label = "label hidden" if image.label is None else shorten(image.label, LETTERS)
    return f"{image.part}\n{shorten(name, LETTERS)}\n{label}"


def _below(pair: "ImagePair") -> tuple[str, str]:
    """What stands under the first and under the second image."""
    if pair.equal:
        return "", "equal"
    return "", f"r = {pair.likeness:.4f}\n{pair.symmetry}"


def _colour(pair: "ImagePair") -> str:
    return "#B03A2E" if pair.unlike_labels else "#222222"
