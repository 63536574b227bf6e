"""The plots of a verify run, drawn from its arrays.npz: differences, kernels, a digit going through the network."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.report.figures.feature_maps import difference_maps, feature_maps, first_kernels
from cnnlab.report.figures.plots import make_folder
from cnnlab.report.figures.style import save
from cnnlab.report.numbers import one_line
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run
from cnnlab.runs.reading import read_arrays

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

Arrays = Mapping[str, "np.ndarray"]

PLOTS: "dict[str, Callable[[str, Arrays], Figure | None]]" = {
    "differences": difference_maps,
    "kernels": first_kernels,
    "feature_maps": feature_maps,
}


def write_verify_plots(path: str | Path) -> list[Path]:
    """Write the plots of the run folder at `path` and return their paths; none without a readable arrays.npz.

    Raises RunError when the disk refuses.
    """
    folder = RunFolder(path)
    arrays = read_arrays(folder.path / "arrays.npz")
    name = one_line(load_run(path).name)
    written = []
    for plot, draw in PLOTS.items():
        figure = draw(name, arrays) if arrays else None
        if figure is not None:
            make_folder(folder.plots_path)
            save(figure, folder.plots_path / f"{plot}.png")
            written.append(folder.plots_path / f"{plot}.png")
    return written
