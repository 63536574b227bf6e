"""The plots of a verify run, drawn from its arrays.npz: differences, kernels, a digit going through the network."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.report.figures.feature_maps import difference_maps, feature_maps, first_kernels
from cnnlab.report.figures.plots import make_folder
from cnnlab.report.figures.style import save
from cnnlab.report.numbers import one_line
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run

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
    folder, arrays = RunFolder(path), _read(RunFolder(path).path / "arrays.npz")
    name = one_line(load_run(path).name)
    written = []
    for plot, draw in PLOTS.items():
        figure = draw(name, arrays) if arrays else None
        if figure is not None:
            make_folder(folder.plots_path)
            save(figure, folder.plots_path / f"{plot}.png")
            written.append(folder.plots_path / f"{plot}.png")
    return written


def _read(path: Path) -> dict[str, Any]:
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, ValueError, zipfile.BadZipFile):
        return {}
