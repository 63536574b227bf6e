"""Mean curves of several configs in one picture."""

from typing import TYPE_CHECKING

from cnnlab.report.comparison import Comparison
from cnnlab.report.figures.curves import mean_series, series, use_log_axis
from cnnlab.report.figures.style import SIDES, add_title, keep_within, new_figure, shorten, styled
from cnnlab.report.numbers import in_unit
from cnnlab.runs.measures import is_percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METRICS = ("loss", "accuracy")
MARKERS = 8


def comparison_curves(comparison: Comparison) -> "Figure | None":
    """Draw each side's mean loss and accuracy on validation; None without such curves, or with too many sides."""
    if len(comparison.sides) > len(SIDES):
        return None
    means = {
        metric: [
            mean_series([one for repeat in side.run.done if (one := series(repeat, f"val_{metric}"))])
            for side in comparison.sides
        ]
        for metric in METRICS
    }
    shown = [metric for metric in METRICS if any(means[metric])]
    if not shown:
        return None
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    with styled():
        figure = new_figure(height=0.9 + 1.3 * len(shown) + 0.12 * len(comparison.sides))
        axes = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
        for ax, metric in zip(axes, shown, strict=True):
            for mean, look in zip(means[metric], SIDES, strict=False):
                values = [in_unit(metric, value) for value in mean.values()]
                ax.plot(list(mean), values, markevery=max(1, len(mean) // MARKERS), **look)
            ax.set_ylabel("accuracy (%)" if is_percent(metric) else metric)
            keep_within(ax, "y", metric)
            if metric == "loss" and use_log_axis([v for mean in means[metric] for v in mean.values()]):
                ax.set_yscale("log")
                ax.set_ylabel("loss (log axis)")
        axes[-1].set_xlabel("epoch")
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        labels = zip(comparison.labels, SIDES, strict=False)
        handles = [Line2D([], [], label=shorten(label, 44), **look) for label, look in labels]
        figure.legend(handles=handles, loc="outside lower center", handlelength=3)
        add_title(figure, "Side by side", "", "on validation data, mean of the repeats")
    return figure
