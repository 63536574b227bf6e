"""The learning rate over the epochs, of runs in which it changes."""

from typing import TYPE_CHECKING

from cnnlab.report.figures.curves import series, use_log_axis
from cnnlab.report.figures.style import REPEAT, VALIDATION, add_title, new_figure, styled
from cnnlab.report.numbers import counted
from cnnlab.report.titles import subtitle
from cnnlab.runs.read import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMN = "learning_rate"


def learning_rate(run: Run) -> "Figure | None":
    """Draw one step line per repeat that differs from the ones before; None where the rate never changes."""
    many = [one for repeat in run.done or run.repeats if (one := series(repeat, COLUMN))]
    if not any(len(set(one.values())) > 1 for one in many):
        return None
    from matplotlib.ticker import MaxNLocator

    different = [one for number, one in enumerate(many) if one not in many[:number]]
    with styled():
        figure = new_figure(height=1.75)
        ax = figure.subplots()
        for one in different:
            alone = len(different) == 1
            ax.step(
                list(one),
                list(one.values()),
                where="post",
                color=VALIDATION if alone else REPEAT,
                linewidth=1.4 if alone else 0.7,
                alpha=1 if alone else 0.7,
            )
        ax.set_ylim(bottom=max(0, ax.get_ylim()[0]))
        ax.set_xlabel("epoch")
        ax.set_ylabel("learning rate")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if use_log_axis([value for one in many for value in one.values()]):
            ax.set_yscale("log")
        lines = "the same in each" if len(different) == 1 else f"{len(different)} different lines"
        details = (counted(len(many), "repeat"), *([lines] if len(many) > 1 else ()))
        add_title(figure, run.name, ": learning rate", subtitle(run, *details))
    return figure
