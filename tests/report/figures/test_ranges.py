"""No axis, band or interval of a figure shows a value that cannot be, and titles count what is drawn."""

import itertools
import json
import math

import pytest

from cnnlab.report.collect import collect
from cnnlab.report.comparison import compare
from cnnlab.report.figures import curves
from cnnlab.report.figures.catalog import comparison_figures, run_figures, sweep_figures
from cnnlab.report.figures.dots import accuracy_dots
from cnnlab.report.figures.style import keep_within, new_figure
from cnnlab.report.figures.sweep import cell_dots, heat_map
from cnnlab.report.sweep.ablation import ablation
from cnnlab.report.sweep.collect import collect_sweep
from cnnlab.runs.sweeps import cell_paths
from tests.fake_sweeps import RATE, make_sweep

pytestmark = pytest.mark.heavy

GRID = {RATE: [0.001, 0.01], "augment": ["none", "full"]}
RANGES = {"accuracy": (0, 100), "loss": (0, math.inf), "difference": (-100, 100), "change": (-100, 100)}


def limits_of(figures):
    """Axis label, limits, and the range of what is drawn, of each axis whose label names a measure."""
    for figure in figures:
        drawing = figure.draw()
        for ax in drawing.axes if drawing is not None else ():
            for side, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
                label = axis.get_label().get_text()
                data = [getattr(ax.dataLim, f"{side}{k}") for k in (0, 1)]
                names = [name for name in RANGES if name in label]
                if names and math.isfinite(sum(data)):
                    yield label, names[0 if "difference" not in names else -1], axis.get_view_interval(), data


def check(figures, least):
    found = list(limits_of(figures))
    assert len(found) >= least
    for label, name, limits, data in found:
        low, high = RANGES["difference" if "difference" in label or "change" in label else name]
        assert low <= limits[0] < limits[1] <= high, label
        assert low <= data[0] <= data[1] <= high, label


@pytest.mark.parametrize("accuracies", [(0.98, 0.78), (1.0, 1.0, 1.0), (1.0,), (0.06, 0.97), (1.0, 0.4)])
def test_axes_and_what_is_drawn_keep_to_the_range(make_run, accuracies):
    check(run_figures(collect(make_run(accuracies=accuracies, published=None).path)), least=3)


def test_differences_keep_to_what_is_possible(make_run):
    sides = [
        collect(make_run(accuracies=values, name=name, published=None, experiment=name * 64).path)
        for name, values in (("a", [0.98, 0.78]), ("b", [0.99, 0.05]))
    ]
    check(comparison_figures(compare(sides)), least=4)


def test_sweeps_keep_to_the_range(tmp_path):
    wild = make_sweep(
        tmp_path / "a", {RATE: [0.001, 0.01]}, lambda v: 0.97 - 40 * v[RATE], repeats=2, noise=0.2
    )
    check(sweep_figures(collect_sweep(wild)), least=2)
    check(sweep_figures(ablation(collect_sweep(wild))), least=1)


def test_a_value_that_cannot_be_is_shown_all_the_same():
    """It is a damaged file's: better seen than cut off."""
    ax = new_figure(2).subplots()
    ax.plot([10, 240], [0, 1])
    keep_within(ax, "x", "accuracy")
    assert ax.get_xlim()[1] > 240


def test_a_grid_of_equal_cells_has_a_possible_colour_bar(tmp_path):
    same = make_sweep(tmp_path, GRID, lambda v: 5.0, repeats=2)
    bar = heat_map(collect_sweep(same)).draw().axes[1]
    assert max(bar.get_ylim()) <= 100


def test_titles_count_what_is_drawn(tmp_path):
    """Of 8 trainings of 4 cells, 3 were finished."""
    stopped = make_sweep(tmp_path, GRID, lambda v: 0.9, repeats=2, begun=2)
    (cell_paths(stopped)[1] / "repeats/1/result.json").unlink()
    report = collect_sweep(stopped)
    title = cell_dots(report).draw().get_suptitle()
    assert "2 of 4 cells, 1 to 2 repeats each" in title
    assert [figure.alternative.partition(",")[0] for figure in sweep_figures(report)] == ["2 of 4 cells"]


def test_a_repeat_without_a_number_is_not_counted(make_run):
    folder = make_run(accuracies=[0.9, math.nan], published=None)
    assert "2 repeats" in accuracy_dots(collect(folder.path)).draw().get_suptitle()  # training has both
    result = json.loads(folder.repeat(1).result_path.read_text())
    result["metrics"]["train"]["accuracy"] = None
    folder.repeat(1).result_path.write_text(json.dumps(result))
    assert "1 repeat ·" in accuracy_dots(collect(folder.path)).draw().get_suptitle()


def test_undefined_epochs_are_gaps(make_run):
    folder = make_run(accuracies=[0.9, 0.8], epochs=4)
    rows = [
        "epoch,loss,accuracy,val_loss,val_accuracy",
        "1,2,.2,2,.2",
        "2,1,.5,nan,.4",
        "3,.5,.7,1,nan",
        "4,.4,.8,1,.5",
    ]
    for k in (0, 1):
        folder.repeat(k).metrics_path.write_text("\n".join(rows) + "\n")
    figure = curves.curves(collect(folder.path)).draw()
    (mean,) = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert [math.isnan(y) for y in mean.get_ydata()] == [False, True, False, False]
    assert all(low <= high for low, high in itertools.pairwise(mean.get_xdata()))


def test_a_repeat_whose_curves_are_undefined_is_not_counted(make_run):
    folder = make_run(accuracies=[0.9, 0.8], epochs=2)
    folder.repeat(1).metrics_path.write_text("epoch,loss,accuracy\n1,nan,nan\n2,nan,nan\n")
    title = curves.curves(collect(folder.path)).draw().get_suptitle()
    assert "1 repeat ·" in title
