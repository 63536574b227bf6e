"""augmentation.png: training images above what the augmentation makes of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.report.figures.style import add_title, new_figure, save, styled
from cnnlab.report.titles import subtitle
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes


def write_augmentation(path: str | Path, preview: dict[str, Any]) -> Path | None:
    """Draw augmentation.png of the run folder at `path`; None, and no file, for a run without augmentation.

    preview: `originals` float (n, height, width, channels) and `augmented` (versions, n, height, width,
    channels), both within `range`, the lowest and highest value that an image may have.
    """
    if "originals" not in preview:
        return None
    run, target = load_run(path), RunFolder(path).augmentation_path
    originals, augmented = preview["originals"], preview["augmented"]
    low, high = preview["range"]
    rows = [originals, *augmented]
    with styled():
        figure = new_figure(height=0.45 + 0.42 * len(rows))
        axes = figure.subplots(len(rows), len(originals), squeeze=False)
        for number, (line, images) in enumerate(zip(axes, rows, strict=True)):
            for ax, image in zip(line, images, strict=True):
                _draw(ax, (image - low) / (high - low))
            line[0].set_ylabel("original" if number == 0 else f"version {number}", fontsize=6)
        add_title(figure, run.name, ": augmentation", subtitle(run, "training images of repeat 0"))
        save(figure, target)
    return target


def _draw(ax: "Axes", image: "np.ndarray") -> None:
    """Show an image whose values lie between 0 and 1."""
    shown = image[..., 0] if image.shape[-1] == 1 else image.clip(0, 1)
    ax.imshow(shown, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
