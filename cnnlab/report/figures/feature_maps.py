"""Pictures of what layers compute: maps of outputs, of differences and of kernels."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnnlab.report.figures.style import INK, MUTED, shorten, titled

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Arrays = Mapping[str, "np.ndarray"]

MOST_MAPS = 8  # channels drawn of a layer
MOST_LAYERS = 14
NUMBERS_PER_ROW = 28  # of a layer without height and width, laid out as a picture
MOST_NUMBERED = 20  # numbers of a layer that are counted below it
LABEL_LENGTH = 22


def difference_maps(name: str, arrays: Arrays) -> "Figure | None":
    """Draw |Keras - NumPy| of every layer's output for one image, the largest over the channels, on a log scale."""
    import numpy as np

    differences = {
        layer: np.abs(arrays[f"keras/{layer}"][0] - ours[0])
        for layer, ours in _outputs(arrays, "numpy").items()
        if arrays.get(f"keras/{layer}", ours[:0]).shape == ours.shape
    }
    if not differences:
        return None
    maps = {layer: _picture(d.max(axis=-1) if d.ndim == 3 else d) for layer, d in differences.items()}
    dtype = next(iter(differences.values())).dtype
    about = f"one image, random weights, {dtype}; grey: equal to the last bit"
    columns = min(len(maps), 4)
    rows = -(-len(maps) // columns)
    with titled(0.45 + 0.95 * rows, name, ": |Keras - NumPy| by layer", about) as figure:
        axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
        for number, ax in enumerate(axes):
            _bare(ax)
            ax.set_visible(number < len(maps))
        norm = _log_norm(list(differences.values()))
        image: Any = None
        for ax, (layer, values) in zip(axes, maps.items(), strict=False):
            image = ax.imshow(
                np.ma.masked_equal(values, 0), norm=norm, cmap=_colours(), interpolation="nearest"
            )
            most = differences[layer].max()
            ax.set_title(
                f"{_in_two_lines(layer)}\n{'equal' if most == 0 else f'{most:.1e}'}", fontsize=5.2, pad=2
            )
        bar = figure.colorbar(image, ax=axes, shrink=0.9, aspect=40, pad=0.015)
        bar.ax.yaxis.set_major_formatter(lambda value, position: f"{value:.0e}")
        bar.ax.tick_params(labelsize=5.6, which="both")
    return figure


def first_kernels(name: str, arrays: Arrays) -> "Figure | None":
    """Draw the kernels of the first convolution, one row per input channel; red is positive, blue negative."""
    kernel = arrays.get("trained kernel")  # random kernels show nothing
    if kernel is None:
        return None
    rows, columns = min(kernel.shape[2], 3), min(kernel.shape[3], 2 * MOST_MAPS)
    limit = float(abs(kernel).max()) or 1.0
    size = "x".join(map(str, kernel.shape))
    about = f"trained weights, {size} (height, width, in, filters)"
    height = 0.62 + rows * max(0.4, min(0.8, 3.0 / columns))
    with titled(height, name, ": kernels of the first convolution", about) as figure:
        axes = figure.subplots(rows, columns, squeeze=False)
        image: Any = None
        for (row, column), ax in _numbered(axes):
            _bare(ax)
            image = ax.imshow(kernel[:, :, row, column], cmap="RdBu_r", vmin=-limit, vmax=limit)
            if columns <= MOST_MAPS and kernel.shape[0] <= 5:
                _write_values(ax, kernel[:, :, row, column], limit)
            if row == 0:
                ax.set_title(f"filter {column}" if columns <= MOST_MAPS else f"{column}", fontsize=5.6, pad=2)
        figure.colorbar(image, ax=axes.ravel().tolist(), shrink=0.9, aspect=15, pad=0.02)
    return figure


def feature_maps(name: str, arrays: Arrays) -> "Figure | None":
    """Draw one image and what each layer makes of it: a row per layer, up to eight channels of it."""
    outputs = _outputs(arrays, "trained")
    trained = bool(outputs)
    outputs = outputs or _outputs(arrays, "numpy")
    if not outputs or "images" not in arrays:
        return None
    layers = [("image", arrays["images"][0].astype(float)), *((n, y[0]) for n, y in _thinned(outputs))]
    heights = [1.0 if y.ndim == 3 else 0.45 for _, y in layers]
    weights = "trained" if trained else "random"
    about = f"{weights} weights, computed in NumPy; dark is low, bright high, each map by itself"
    with titled(0.4 + 0.36 * sum(heights), name, ": an image going through the network", about) as figure:
        grid = figure.add_gridspec(len(layers), MOST_MAPS + 3, height_ratios=heights)
        for row, (layer, y) in enumerate(layers):
            _label(figure.add_subplot(grid[row, :3]), layer, y)
            if y.ndim == 3 and y.shape[-1] == 3 and layer == "image":
                _show(figure.add_subplot(grid[row, 3]), y / 255)
            elif y.ndim == 3:
                for channel in range(min(y.shape[-1], MOST_MAPS)):
                    _show(figure.add_subplot(grid[row, 3 + channel]), y[..., channel])
            else:
                ax = figure.add_subplot(grid[row, 3:])
                _show(ax, y.reshape(1, -1), aspect="auto")
                if y.size <= MOST_NUMBERED:
                    ax.set_xticks(range(y.size), [str(k) for k in range(y.size)], fontsize=5)
                    ax.tick_params(length=0, pad=1)
    return figure


def _outputs(arrays: Arrays, side: str) -> "dict[str, np.ndarray]":
    """The layers' outputs of one side, gradients left out, in the network's order."""
    start = f"{side}/"
    return {
        key.removeprefix(start): array
        for key, array in arrays.items()
        if key.startswith(start) and "gradient of" not in key
    }


def _thinned(outputs: "dict[str, np.ndarray]") -> "list[tuple[str, np.ndarray]]":
    """At most `MOST_LAYERS` layers, evenly spaced, the last among them."""
    items = list(outputs.items())
    step = max(1, -(-len(items) // MOST_LAYERS))
    return items[::-1][::step][::-1]


def _picture(values: "np.ndarray") -> "np.ndarray":
    """A map as it is; a vector in rows of `NUMBERS_PER_ROW`, the rest of the last row masked."""
    import numpy as np

    if values.ndim == 2:
        return values
    rows = -(-values.size // NUMBERS_PER_ROW)
    columns = min(values.size, NUMBERS_PER_ROW)
    padded = np.ma.masked_all(rows * columns)
    padded[: values.size] = values.ravel()
    return padded.reshape(rows, columns)


def _log_norm(arrays: "list[np.ndarray]") -> Any:
    """A log scale over all differences that are not 0."""
    from matplotlib.colors import LogNorm

    smallest = min((float(a[a > 0].min()) for a in arrays if (a > 0).any()), default=1e-17)
    largest = max((float(a.max()) for a in arrays), default=0.0)
    return LogNorm(smallest, max(largest, 10 * smallest))


def _colours() -> Any:
    from matplotlib import colormaps

    return colormaps["viridis"].with_extremes(bad="#DDDDDD")


def _in_two_lines(layer: str) -> str:
    """A layer's name, broken behind an underscore near its middle."""
    name = shorten(layer, 2 * LABEL_LENGTH)
    places = [i + 1 for i, c in enumerate(name) if c in "_/"] if len(name) > 14 else []
    if not places:
        return f"\n{name}"
    middle = min(places, key=lambda i: abs(i - len(name) / 2))
    return f"{name[:middle]}\n{name[middle:]}"


def _numbered(axes: Any) -> Any:
    return (((row, column), ax) for row, line in enumerate(axes) for column, ax in enumerate(line))


def _write_values(ax: "Axes", values: "np.ndarray", limit: float) -> None:
    for i, line in enumerate(values):
        for j, value in enumerate(line):
            colour = "white" if abs(value) > 0.6 * limit else INK
            ax.text(j, i, f"{value:z.2f}", ha="center", va="center", fontsize=4, color=colour)


def _label(ax: "Axes", layer: str, y: "np.ndarray") -> None:
    ax.axis("off")
    shape = "x".join(map(str, y.shape))
    ax.text(0, 0.5, f"{shorten(layer, LABEL_LENGTH)}\n", fontsize=5.4, va="center", transform=ax.transAxes)
    ax.text(0, 0.5, f"\n{shape}", fontsize=4.8, va="center", color=MUTED, transform=ax.transAxes)


def _show(ax: "Axes", values: "np.ndarray", aspect: Any = "equal") -> None:
    _bare(ax)
    for spine in ax.spines.values():
        spine.set(visible=True, linewidth=0.3, edgecolor=MUTED)
    ax.imshow(values, cmap="gray", interpolation="nearest", aspect=aspect)


def _bare(ax: "Axes") -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
