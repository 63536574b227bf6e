"""How every figure looks: sizes for a LaTeX column, colours that survive colour blindness and greyscale.

matplotlib is imported inside functions and pyplot nowhere: figures are drawn by Agg alone, without a display.
"""

import contextlib
import os
import textwrap
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from cnnlab.files import atomic_path
from cnnlab.report.numbers import in_unit, one_line
from cnnlab.runs.measures import measure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMN_INCHES = 3.4  # one column of a two-column page
DPI = 300
TITLE_LENGTH = 60  # characters that fit a column
SUBTITLE_LENGTH = 64
INK = "#222222"
MUTED = "#595959"
TRAIN = "#E69F00"  # Okabe and Ito's orange, light in greyscale
VALIDATION = "#005A8C"  # their blue, darkened, so that greyscale keeps the two apart
REPEAT = "#888888"  # one repeat, where training and validation need not be distinguished
PUBLISHED = "#7A3B69"  # a dark purple: distinct from ours by its hollow squares too
BAND_ALPHA = 0.16
# Sides of a comparison: Okabe and Ito's colours, from dark to light, each with a dash and a marker of its own.
SIDES: tuple[dict[str, Any], ...] = (
    {"color": "#222222", "linestyle": "-", "marker": "o"},
    {"color": "#D55E00", "linestyle": (0, (4, 1)), "marker": "s"},
    {"color": "#0072B2", "linestyle": (0, (1, 1)), "marker": "^"},
    {"color": "#009E73", "linestyle": (0, (4, 1, 1, 1)), "marker": "D"},
    {"color": "#CC79A7", "linestyle": (0, (6, 2)), "marker": "v"},
    {"color": "#E69F00", "linestyle": (0, (2, 2)), "marker": "P"},
)
TRAIN_LINE = {"color": TRAIN, "linestyle": "-", "marker": None}
VALIDATION_LINE = {"color": VALIDATION, "linestyle": (0, (3, 1)), "marker": "o"}

SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so every machine draws the same
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "text.color": INK,
    "text.parse_math": False,  # a name may hold dollar signs
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "lines.markersize": 2.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "pdf.fonttype": 42,  # text stays text
}


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Apply the style, and nothing of the user's own matplotlibrc, while a figure is made or saved."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a box stands for it
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)  # type: ignore[arg-type]
        yield


def new_figure(height: float, width: float = COLUMN_INCHES) -> "Figure":
    """Return an empty figure of that many inches, to be drawn within `styled`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


@contextlib.contextmanager
def titled(height: float, name: str, detail: str, subtitle: str, **size: float) -> Iterator["Figure"]:
    """An empty figure within the style, which gets its title (`add_title`) once it is drawn."""
    with styled():
        figure = new_figure(height, **size)
        yield figure
        add_title(figure, name, detail, subtitle)


def add_title(figure: "Figure", name: str, detail: str, subtitle: str) -> None:
    """Put "<name><detail>" over the figure, a long name cut to fit, and up to two lines of `subtitle`."""
    title = f"{shorten(name, TITLE_LENGTH - len(detail))}{detail}"
    below = textwrap.wrap(one_line(subtitle), SUBTITLE_LENGTH, max_lines=2, placeholder="…")
    figure.suptitle("\n".join([title, *below]), fontsize=6.8, x=0.02, ha="left")


def keep_within(ax: "Axes", side: Literal["x", "y"], metric: str, *, differences: bool = False) -> None:
    """End an axis where the range of its metric ends, or that of its differences; dots on the end are drawn whole."""
    measure = measure_of(metric).of_differences if differences else measure_of(metric)
    ends = [in_unit(metric, end) for end in (measure.low, measure.high)]
    data = [getattr(ax.dataLim, f"{side}{number}") for number in (0, 1)]
    low, high = getattr(ax, f"get_{side}lim")()
    if ends[0] <= data[0] and data[1] <= ends[1]:  # impossible values, as of damaged files, are shown
        getattr(ax, f"set_{side}lim")(max(low, ends[0]), min(high, ends[1]))
    for artist in (*ax.lines, *ax.collections):
        artist.set_clip_on(False)


def save(figure: "Figure", path: str | os.PathLike[str]) -> None:
    """Write the figure atomically, in the format of the path's suffix, the same bytes each time."""
    no_dates = {"Software": None} if os.fspath(path).endswith(".png") else {"CreationDate": None}
    with styled(), atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=DPI, metadata=no_dates)


def shorten(text: str, length: int) -> str:
    """Return `text` as one line of at most `length` characters, cut in the middle, since ends differ."""
    line = one_line(text)
    if len(line) <= length:
        return line
    end = (length - 1) // 2
    return f"{line[: length - 1 - end].rstrip()}…{line[len(line) - end :].lstrip()}"
