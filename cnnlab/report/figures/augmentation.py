"""augmentation.png: training images above what the augmentation makes of them."""

from pathlib import Path
from typing import Any

from cnnlab.report.figures.preview import draw_image
from cnnlab.report.figures.style import save, titled
from cnnlab.report.titles import subtitle
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run


def write_augmentation(path: str | Path, preview: dict[str, Any]) -> Path | None:
    """Draw augmentation.png of the run folder at `path`; None, and no file, for a run without augmentation.

    preview: `originals` float (n, height, width, channels) and `augmented` (versions, n, height, width,
    channels), both within `range`, the lowest and highest value that an image may have.
    """
    if "originals" not in preview:
        return None
    run, target = load_run(path), RunFolder(path).augmentation_path
    originals, augmented = preview["originals"], preview["augmented"]
    rows = [originals, *augmented]
    about = subtitle(run, "training images of repeat 0")
    with titled(0.45 + 0.42 * len(rows), run.name, ": augmentation", about) as figure:
        axes = figure.subplots(len(rows), len(originals), squeeze=False)
        for number, (line, images) in enumerate(zip(axes, rows, strict=True)):
            for ax, image in zip(line, images, strict=True):
                draw_image(ax, image, preview["range"])
            line[0].set_ylabel("original" if number == 0 else f"version {number}", fontsize=6)
    save(figure, target)
    return target
