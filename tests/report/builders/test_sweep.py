"""The report of a sweep: what it compares, corrects and shows, in every format and at any state."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.files import write_json
from cnnlab.report.builders.sweep import sweep_document
from cnnlab.report.figures.catalog import sweep_figures
from cnnlab.report.render.data import to_json
from cnnlab.report.statistics import holm, paired
from cnnlab.report.sweep.ablation import ablation
from cnnlab.report.sweep.collect import collect_sweep
from cnnlab.report.sweep.sentences import sentences
from cnnlab.report.write import write_report
from cnnlab.runs.sweeps import cell_paths
from tests.fake_runs import make_run
from tests.fake_sweeps import RATE, make_sweep

pytestmark = pytest.mark.heavy

PARTS = {"none": 0.0, "flip": 0.03, "full": 0.06}
CHANGES = {"as it is": {}, "no dropout": {"model.1.dropout.rate": 0}, "no augmentation": {"augment": "[]"}}


def by_rate(values: dict[str, Any]) -> float:
    return {0.001: 0.9, 0.01: 0.85, 0.1: 0.4}[values[RATE]]


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sweep(tmp_path_factory.mktemp("rates"), {RATE: [0.001, 0.01, 0.1]}, by_rate, repeats=4)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = {RATE: [0.001, 0.01], "augment": list(PARTS)}
    place = tmp_path_factory.mktemp("grid")
    return make_sweep(place, keys, lambda v: by_rate(v) - 0.06 + PARTS[v["augment"]], name="grid")


@pytest.fixture(scope="module")
def removals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("removals")
    return make_sweep(
        place, {}, lambda v: 0.9 - 0.1 * ("augment" in v), name="removals", cells=CHANGES, kind="ablate"
    )


def values_of(sweep: Path, cell: int) -> list[float]:
    folder = cell_paths(sweep)[cell]
    found = [json.loads((folder / "repeats" / str(k) / "result.json").read_text()) for k in range(4)]
    return [result["metrics"]["test"]["accuracy"] for result in found]


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_cells_are_compared_in_pairs_with_the_best_by_validation_and_corrected(rates):
    report = collect_sweep(rates)
    assert report.reference == 0 and "the best of 3 by mean validation accuracy" in report.why
    expected = [paired(values_of(rates, n), values_of(rates, 0)) for n in (1, 2)]
    found = [cell.contrast for cell in report.cells[1:]]
    assert [c.test.p for c in found] == [pairs.test.p for pairs in expected]
    assert [c.paired.differences for c in found] == [pairs.differences for pairs in expected]
    assert [c.p_adjusted for c in found] == holm([c.test.p for c in found])
    assert [len(c.paired.differences) for c in found] == [4, 4]


def test_validation_chooses_even_where_the_test_set_says_otherwise(rates, tmp_path):
    shutil.copytree(rates, tmp_path / rates.name)
    for path in cell_paths(tmp_path / rates.name)[1].glob("repeats/*/result.json"):
        result = json.loads(path.read_text())
        result["metrics"]["validation"]["accuracy"] = 0.99
        write_json(path, result)
    report = collect_sweep(tmp_path / rates.name)
    assert report.baseline.label == "learning_rate=0.01"
    assert report.cells[0].contrast.difference > 0


@pytest.mark.parametrize("word", ["learning_rate=0.01", "2", "0.01", " 0.01"])
def test_a_baseline_by_label_number_or_value(rates, word):
    assert collect_sweep(rates, word).reference == 1


def test_a_baseline_that_is_none_or_several(grid):
    with pytest.raises(
        RunError,
        match=r"--baseline 'flip' fits 2 cells: write a label or a number\. learn",
    ):
        collect_sweep(grid, "flip")
    with pytest.raises(RunError, match="--baseline 'flop' is none of the cells"):
        collect_sweep(grid, "flop")
    assert collect_sweep(grid, "flip, 0.01").baseline.label == "learning_rate=0.01, augment=flip"


def test_ablation_of_a_grid_is_what_differs_in_one_key(grid):
    report = ablation(collect_sweep(grid, "learning_rate=0.001, augment=full"))
    assert [report.changes[cell.number] for cell, _ in report.compared] == [
        "augment: full -> none", "learning_rate: 0.001 -> 0.01", "augment: full -> flip",
    ]  # fmt: skip
    adjusted = sorted(contrast.p_adjusted for _, contrast in report.compared)
    assert adjusted == sorted(holm([contrast.test.p for _, contrast in report.compared]))
    assert len(report.cells) == 4 and "3 comparisons" in " ".join(sentences(report))


def test_ablation_of_removals_is_against_the_config_as_it_is(removals, cnnlab):
    report = ablation(collect_sweep(removals))
    assert report.baseline.label == "as it is" and report.why == "the config without a change"
    assert [report.changes[cell.number] for cell, _ in report.compared] == ["no augmentation", "no dropout"]
    done = cnnlab("report", "removals", "--ablation", "--runs-dir", removals.parent, "--json")
    assert done.code == 0 and [c["change"] for c in done.json["ablation"]] == [
        "no augmentation",
        "no dropout",
    ]
    assert "none: as it is" in done.out


def test_ablation_refuses_where_nothing_is_one_step_away(rates, tmp_path):
    with pytest.raises(
        RunError, match=r"no finished cell differs from learning_rate=0\.001 in one key alone"
    ):
        sweep = make_sweep(tmp_path, {RATE: [0.001, 0.01]}, by_rate, begun=1)
        ablation(collect_sweep(sweep))


@pytest.mark.parametrize(
    ("name", "figures"),
    [("rates", ["line", "cells"]), ("grid", ["heat_map", "cells"]), ("removals", ["cells"])],
)
def test_every_format_is_written(name, figures, request, tmp_path):
    sweep = request.getfixturevalue(name)
    report = collect_sweep(sweep)
    write_report(sweep_document(report), tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    drawn = {f"figures/{figure}.{kind}" for figure in figures for kind in ("png", "pdf")}
    assert (
        names
        == {"report.html", "report.md", "report.json", "sweep.csv", "repeats.csv", "tables/sweep.tex"} | drawn
    )
    rows = rows_of(tmp_path / "sweep.csv")
    assert [row["label"] for row in rows] == [cell.label for cell in report.cells]
    assert [float(row["mean"]) for row in rows] == [cell.mean(report.headline) for cell in report.cells]
    repeats = rows_of(tmp_path / "repeats.csv")
    assert len({(row["label"], row["seed"]) for row in repeats}) == sum(
        len(cell.run.done) for cell in report.cells
    )
    page, text = ((tmp_path / f"report.{kind}").read_text() for kind in ("html", "md"))
    assert page.count("data:image/png;base64,") == len(figures) and "The sweep" in page
    for cell in report.cells:
        assert cell.state.status in text and str(cell.number) in text
    assert json.loads((tmp_path / "report.json").read_text()) == json.loads(
        json.dumps(to_json(sweep_document(report)))
    )


def test_an_ablations_files(removals, tmp_path):
    report = ablation(collect_sweep(removals))
    write_report(sweep_document(report), tmp_path, ("tex", "png", "md"))
    assert (tmp_path / "tables" / "ablation.tex").is_file() and (
        tmp_path / "figures" / "ablation.png"
    ).is_file()
    assert "One change at a time" in (tmp_path / "report.md").read_text()


def test_a_baseline_without_a_result_is_refused(tmp_path):
    sweep = make_sweep(tmp_path, {RATE: [0.001, 0.01, 0.1]}, by_rate, begun=2)
    with pytest.raises(
        RunError, match=r"cell learning_rate=0\.1 has no test accuracy to .* with \(waiting\): name"
    ):
        collect_sweep(sweep, "0.1")


def test_an_unfinished_sweep_says_what_is_missing(tmp_path, cnnlab):
    sweep = make_sweep(tmp_path, {RATE: [0.001, 0.01, 0.1]}, by_rate, repeats=1, begun=2)
    report = collect_sweep(sweep)
    assert report.notes == ("1 of 3 cells are not finished: learning_rate=0.1 (waiting)",)
    assert "No test is possible" in " ".join(sentences(report))
    done = cnnlab("report", sweep, "--runs-dir", tmp_path)
    assert done.code == 0 and "waiting" in done.out and max(map(len, done.out.splitlines()[:-1])) <= 80


def test_a_sweep_without_any_result(tmp_path):
    report = collect_sweep(make_sweep(tmp_path, {RATE: [0.001]}, by_rate, begun=0))
    assert report.baseline is None and list(sweep_figures(report)) == []
    write_report(sweep_document(report), tmp_path / "out")
    assert (
        "The reference is none, for no cell has a result yet" in (tmp_path / "out" / "report.md").read_text()
    )


def test_other_data_in_a_cell_are_no_pairs(tmp_path):
    keys = {"data.train_size": [64, 128]}
    sweep = make_sweep(tmp_path, keys, lambda v: 0.8 + v["data.train_size"] / 1000)
    for path, size in zip(cell_paths(sweep), (64, 128), strict=True):
        text = (path / "config.yaml").read_text()
        (path / "config.yaml").write_text(
            text.replace("dataset: mnist", f"dataset: mnist\n  train_size: {size}")
        )
    report = collect_sweep(sweep)
    assert report.cells[0].contrast.paired is None and report.cells[0].contrast.test is not None
    assert report.notes == (
        "1 cell compared as independent repeats, for the data sections differ in data.train_size",
    )


def test_options_and_companies(rates, cnnlab):
    runs_dir = rates.parent
    other = make_run(runs_dir, name="alone").path
    both = cnnlab("report", rates, other, "--runs-dir", runs_dir)
    assert both.code == 0 and "is a sweep, which is reported on alone" in both.out
    shutil.rmtree(other)
    compared = cnnlab("report", rates, "--compare", "--runs-dir", runs_dir)
    assert compared.code == 0 and "Side by side" in compared.out
    refused = cnnlab("report", rates, "--compare", "--baseline", "1", "--runs-dir", runs_dir)
    assert refused.code == 2 and "--baseline is for the report of a sweep" in refused.err
    wrong = cnnlab("report", rates, "--baseline", "7", "--runs-dir", runs_dir)
    assert wrong.code == 2 and "--baseline '7' is none of the cells" in wrong.err
