"""The plots of a verify run, drawn from its arrays.npz: differences, kernels, a digit going through the network."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.files import make_folder
from cnnlab.reading import read_arrays
from cnnlab.report.figures.feature_maps import difference_maps, feature_maps, first_kernels
from cnnlab.report.figures.style import save
from cnnlab.report.numbers import one_line
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import Run, load_run

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

Arrays = Mapping[str, "np.ndarray"]

PLOTS: "dict[str, tuple[str, Callable[[str, Arrays], Figure | None]]]" = {
    "differences": ("How far Keras and NumPy are apart after each layer, on a log scale", difference_maps),
    "kernels": ("The kernels of the first convolution", first_kernels),
    "feature_maps": ("An image on its way through the network", feature_maps),
}


def write_verify_plots(path: str | Path) -> list[Path]:
    """Write the plots of the run folder at `path` and return their paths; none without a readable arrays.npz.

    Raises RunError when the disk refuses.
    """
    folder = RunFolder(path)
    written = []
    for plot, (_, draw) in verify_figures(load_run(path)).items():
        figure = draw()
        if figure is not None:
            make_folder(folder.plots_path)
            save(figure, folder.plots_path / f"{plot}.png")
            written.append(folder.plots_path / f"{plot}.png")
    return written


def verify_figures(run: Run) -> "dict[str, tuple[str, Callable[[], Figure | None]]]":
    """Return the caption of each plot, and what draws it; none without a readable arrays.npz."""
    arrays = read_arrays(run.path / "arrays.npz")
    name = one_line(run.name)
    if not arrays:
        return {}
    return {plot: (caption, partial(draw, name, arrays)) for plot, (caption, draw) in PLOTS.items()}
