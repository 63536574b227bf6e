"""What a network looked at: its surest hits and mistakes, and beside each its maps and those of a random network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnnlab.report.document import Figure
from cnnlab.report.explanations import ExplainedImages, explained_images
from cnnlab.report.figures.style import MUTED, shorten, titled
from cnnlab.report.titles import subtitle
from cnnlab.runs.explanation import CentralSquare, Explanation
from cnnlab.runs.read import Run
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

MOST_ROWS = 6  # of hits, and of mistakes
HEAD_INCHES, ROW_INCHES, SCALE_INCHES = 0.72, 0.62, 0.42
SIGNED = "RdBu_r"  # for maps that may be negative; their middle is white
POSITIVE = "viridis"
CAPTION = "What the network of repeat {k} looked at in its surest hits and mistakes, beside a random network"


def explanation(run: Run, repeat: RepeatResult, found: Explanation) -> Figure:
    """The figure of one repeat; nothing is drawn where its arrays are missing or damaged."""
    methods = ", ".join(one.method for one in found.methods)
    words = (
        f"Rows of images, first {found.hits} surest hits, then {found.mistakes} surest mistakes; beside each its maps "
        f"({methods}), and the same maps of a network with random weights."
    )

    def draw() -> "Drawing | None":
        images = explained_images(repeat, found)
        return None if images is None else _draw(run, repeat, found, images)

    return Figure(f"explanation_{repeat.k}", CAPTION.format(k=repeat.k), words, draw=draw)


def _draw(run: Run, repeat: RepeatResult, found: Explanation, images: ExplainedImages) -> "Drawing":
    mistakes = range(found.hits, found.hits + min(found.mistakes, MOST_ROWS))
    rows = [*range(min(found.hits, MOST_ROWS)), *mistakes]
    columns = _columns(images)
    split = SPLIT_NAMES.get(found.split, found.split)
    about = subtitle(run, f"{split} images: surest hits, then mistakes; below a map its largest value")
    height = HEAD_INCHES + ROW_INCHES * len(rows) + SCALE_INCHES
    with titled(height, run.name, f": what repeat {repeat.k} looked at", about) as figure:
        axes = figure.subplots(len(rows), 1 + len(columns), squeeze=False)
        drawn: dict[str, Any] = {}
        for line, row in zip(axes, rows, strict=True):
            _image(line[0], images.images[row], _caption(images, row, run.class_names))
            for ax, column in zip(line[1:], columns, strict=True):
                drawn[column.method] = _map(ax, column.maps[row], signed=column.signed)
            for ax in line:
                _outline(ax, found.center, images.images.shape[1:3])
        for ax, title in zip(axes[0], ["image", *(column.title for column in columns)], strict=True):
            ax.set_title(title, fontsize=5.8, pad=3)
        _scales(figure, axes, drawn)
    return figure


@dataclass(frozen=True)
class _Column:
    """Maps (n, height, width) under a title. signed: whether any of their method is negative somewhere."""

    method: str
    title: str
    maps: "np.ndarray"
    signed: bool


def _columns(images: ExplainedImages) -> list[_Column]:
    found = []
    for method, trained in images.maps.items():
        both = {shorten(method, 14): trained}
        if method in images.random:
            both["random\nnetwork"] = images.random[method]
        signed = any(bool((maps < 0).any()) for maps in both.values())
        found += [_Column(method, title, maps, signed) for title, maps in both.items()]
    return found


def _image(ax: "Axes", image: "np.ndarray", caption: str) -> None:
    shown = image[..., 0] if image.shape[-1] == 1 else image
    ax.imshow(shown, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_ylabel(caption, fontsize=5.2, rotation=0, ha="right", va="center")
    _bare(ax)


def _map(ax: "Axes", values: "np.ndarray", *, signed: bool) -> Any:
    largest = float(abs(values).max())
    _bare(ax)
    ax.set_xlabel(f"{largest:.1e}" if 0 < largest < 0.01 or largest >= 1000 else f"{largest:.2f}")
    ax.xaxis.label.set(fontsize=4.6, color=MUTED)
    ax.xaxis.labelpad = 1
    scaled = values / (largest or 1)
    return ax.imshow(scaled, cmap=SIGNED if signed else POSITIVE, vmin=-1 if signed else 0, vmax=1)


def _bare(ax: "Axes") -> None:
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _outline(ax: "Axes", center: CentralSquare | None, shape: tuple[int, ...]) -> None:
    """The central square, dashed."""
    if center is None:
        return
    from matplotlib.patches import Rectangle

    top, left = ((size - center.side) // 2 - 0.5 for size in shape)
    for color, style in (("white", "-"), ("black", (0, (2, 2)))):
        ax.add_patch(
            Rectangle(
                (left, top), center.side, center.side, fill=False, lw=0.5, edgecolor=color, linestyle=style
            )
        )


def _scales(figure: "Drawing", axes: Any, drawn: dict[str, Any]) -> None:
    """Below, what the colours of each method mean."""
    for method, mappable in reversed(drawn.items()):
        signed = mappable.get_clim()[0] < 0
        ticks, labels = (
            ([-1, 0, 1], ["against", "0", "for the class"]) if signed else ([0, 1], ["0", "largest"])
        )
        below = axes.ravel().tolist()
        bar = figure.colorbar(mappable, ax=below, location="bottom", shrink=0.42, aspect=28, pad=0.01)
        bar.set_ticks(ticks, labels=labels)
        bar.ax.tick_params(labelsize=5.2, length=2)
        bar.ax.set_ylabel(shorten(method, 14), fontsize=5.8, rotation=0, ha="right", va="center")
        bar.ax.grid(visible=False)


def _caption(images: ExplainedImages, row: int, names: tuple[str, ...]) -> str:
    """The true class, the one that it was taken for, and how surely."""
    places = [int(each[row]) for each in (images.label, images.predicted)]
    true, predicted = (shorten(names[k] if 0 <= k < len(names) else str(k), 10) for k in places)
    p = float(images.probability[row])
    sure = f"{100 * p:.1f} %" if p < 0.9995 else "> 99.9 %"
    return f"{true}\n{sure}" if true == predicted else f"{true}\n→ {predicted}\n{sure}"
