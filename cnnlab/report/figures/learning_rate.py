"""The learning rate over the steps, of runs in which it changes."""

from typing import TYPE_CHECKING, Any

from cnnlab.errors import counted
from cnnlab.report.document import Figure
from cnnlab.report.figures.curves import Series, count_epochs, log_axis, series, use_log_axis
from cnnlab.report.figures.style import REPEAT, VALIDATION, titled
from cnnlab.report.titles import subtitle
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

COLUMN = "learning_rate"
THIN: dict[str, Any] = {"linewidth": 0.7, "alpha": 0.7}


def learning_rate(run: Run) -> Figure | None:
    """One line per repeat that differs from the ones before; None where the rate never changes."""
    many = [one for repeat in run.done or run.repeats if (one := _rates(repeat))]
    if not any(len(set(one.values())) > 1 for one in many):
        return None
    different = [one for number, one in enumerate(many) if one not in many[:number]]
    repeats = counted(len(many), "repeat")
    lines = "the same in each" if len(different) == 1 else f"{len(different)} different lines"

    def draw() -> "Drawing":
        about = subtitle(run, repeats, *([lines] if len(many) > 1 else ()))
        with titled(1.75, run.name, ": learning rate", about) as figure:
            ax = figure.subplots()
            look = {"color": VALIDATION} if len(different) == 1 else {"color": REPEAT, **THIN}
            for one in different:
                ax.plot(list(one), list(one.values()), **look)
            ax.set_ylim(bottom=max(0, ax.get_ylim()[0]))
            ax.set_ylabel("learning rate")
            count_epochs(ax)
            if use_log_axis([value for one in many for value in one.values()]):
                log_axis(ax)
        return figure

    return Figure(
        "learning_rate",
        "The learning rate over the epochs",
        f"The learning rate of each step, of {repeats}.",
        draw,
    )


def _rates(repeat: RepeatResult) -> Series:
    """The rate over the steps, in epochs; an epoch reaches from half before its number to half behind it."""
    trained = series(repeat, COLUMN)
    columns = repeat.learning_rates
    pairs = zip(columns.get("epoch", ()), columns.get(COLUMN, ()), strict=False)
    steps = {e + 0.5: r for e, r in pairs if e is not None and r is not None and 0 <= e < len(trained)}
    if steps:
        return steps
    # within an epoch it does not change
    return {epoch + side: rate for epoch, rate in trained.items() for side in (-0.5, 0.499)}
