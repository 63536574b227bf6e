"""Intervals by groups of run folders: of what is stored, and of nothing that does not agree with what is recorded."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.files import write_json
from cnnlab.metrics import roc_auc
from cnnlab.report.builders.report import build_report
from cnnlab.report.cells import group_interval_cell
from cnnlab.report.collect import collect_runs
from cnnlab.report.comparison import compare
from cnnlab.report.gather import gather
from cnnlab.report.group_intervals import GroupInterval, group_intervals
from cnnlab.report.render.data import csv_files, to_json
from cnnlab.report.render.latex import latex_tables
from cnnlab.report.render.markdown import to_markdown
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run
from tests.fake_runs import make_run

IMAGES, GROUPS = 240, 12


def grouped_run(
    folder: Path,
    skill: float = 1.0,
    groups: int = GROUPS,
    seeds: int = 100,
    images: int = IMAGES,
    **more: Any,
) -> RunFolder:
    """A run of three repeats on two classes, whose test images are of patients with shifts of their own."""
    run = make_run(folder, class_names=("a", "b"), published=None, first_seed=seeds, name=f"s{skill}", **more)
    rng = np.random.default_rng(0)
    label, of_group = rng.integers(0, 2, images), rng.integers(0, groups, images)
    shift = rng.normal(0, 0.5, groups)[of_group] + rng.normal(0, 1, images)
    for k in range(3):
        noise = np.random.default_rng([k, int(10 * skill)]).normal(0, 0.3, images)
        p = 1 / (1 + np.exp(-(skill * (2 * label - 1) + shift + noise)))
        probabilities = np.stack([1 - p, p], axis=1)
        repeat = run.repeat(k)
        names = np.char.add("patient ", of_group.astype(str))
        arrays = {
            "split": np.full(images, 2, np.uint8), "index": np.arange(images), "label": label,
            "probabilities": probabilities, "groups": names,
        }  # fmt: skip
        np.savez(repeat.predictions_path, **arrays)
        result = json.loads(repeat.result_path.read_text())
        accuracy, auc = float(np.mean((p > 0.5) == label)), roc_auc(label, probabilities)
        result["metrics"]["test"] = {"loss": 1.0, "accuracy": accuracy, "auc": auc, "mine": 0.5}
        write_json(repeat.result_path, result)
    return run


def test_each_figure_of_the_measured_images_has_an_interval(tmp_path: Path) -> None:
    run = load_run(grouped_run(tmp_path).path)
    found = group_intervals(run)
    assert found.groups == {"test": GROUPS} and set(found.intervals) == {
        ("test", "accuracy"),
        ("test", "auc"),
    }
    for (split, metric), interval in found.intervals.items():
        mean = np.mean([repeat.metrics(split)[metric] for repeat in run.done])
        assert interval.groups == GROUPS and interval.ci95[0] < mean < interval.ci95[1]
        assert 0.02 < interval.ci95[1] - interval.ci95[0] < 0.3
    assert group_intervals(run) == found


def test_a_figure_that_the_predictions_do_not_give_has_none(tmp_path: Path) -> None:
    folder = grouped_run(tmp_path)
    result = json.loads(folder.repeat(1).result_path.read_text())
    result["metrics"]["test"]["accuracy"] -= 0.05
    write_json(folder.repeat(1).result_path, result)
    assert set(group_intervals(load_run(folder.path)).intervals) == {("test", "auc")}


def test_a_repeat_without_a_finite_figure_is_left_out_of_that_figure(tmp_path: Path) -> None:
    folder = grouped_run(tmp_path)
    before = group_intervals(load_run(folder.path)).intervals
    result = json.loads(folder.repeat(1).result_path.read_text())
    result["metrics"]["test"]["auc"] = "NaN"
    write_json(folder.repeat(1).result_path, result)
    after = group_intervals(load_run(folder.path)).intervals
    assert after["test", "accuracy"] == before["test", "accuracy"]
    assert after["test", "auc"] != before["test", "auc"]


def test_figures_without_spread_have_none_and_it_is_said_why(tmp_path: Path) -> None:
    folder = grouped_run(tmp_path, skill=50)
    assert not group_intervals(load_run(folder.path)).intervals
    shown = to_markdown(build_report(gather([folder.path])))
    assert (
        "12 groups of test images: no interval by groups: resamples of them are all equal, or undefined."
        in shown
    )


@pytest.mark.parametrize("change", ["no groups", "no file", "fewer groups", "damaged"])
def test_runs_without_enough_groups_have_none(change: str, tmp_path: Path) -> None:
    folder = grouped_run(tmp_path, groups=3 if change == "fewer groups" else GROUPS)
    path = folder.repeat(2).predictions_path
    if change == "no groups":
        with np.load(path) as arrays:
            kept = {name: array for name, array in arrays.items() if name != "groups"}
        np.savez(path, **kept)
    elif change == "no file":
        path.unlink()
    elif change == "damaged":
        path.write_bytes(path.read_bytes()[:-200])
    report = collect_runs([load_run(folder.path)])
    assert not report.by_groups.intervals
    document = build_report(gather([folder.path]))
    shown = to_markdown(document)
    assert ("3 groups of test images: no interval by groups, which takes 5 or more" in shown) == (
        change == "fewer groups"
    )
    assert "95 % by groups" not in shown


def test_every_renderer_shows_the_interval(tmp_path: Path) -> None:
    document = build_report(gather([grouped_run(tmp_path).path]))
    (run,) = to_json(document)["runs"]
    low, high = run["metrics"]["test"]["accuracy"]["groups_ci95"]
    assert 0 < low < high < 1 and run["metrics"]["test"]["accuracy"]["groups"] == GROUPS
    assert run["metrics"]["train"]["accuracy"]["groups_ci95"] is None
    head, *rows = csv_files(document)["results.csv"].splitlines()
    assert "groups_ci95_low,groups_ci95_high,groups" in head and any(
        f",{low},{high},{GROUPS}" in row for row in rows
    )
    (latex,) = (text for name, text in latex_tables(document).items() if "results" in name)
    shown = group_interval_cell("accuracy", GroupInterval(GROUPS, (low, high))).text
    for text in (to_markdown(document), latex):
        assert "By groups: 95" in text and shown in text
    assert "12 groups of test images: the interval by groups says where these" in to_markdown(document)


def test_two_runs_on_the_same_images_are_compared_by_groups(tmp_path: Path) -> None:
    weak, strong = (grouped_run(tmp_path / str(skill), skill) for skill in (0.5, 1.5))
    sides = [collect_runs([load_run(run.path)]) for run in (weak, strong)]
    comparison = compare(sides)
    found = {one.metric: one.by_groups for one in comparison.contrasts if one.split == "test"}
    assert found["loss"] is None and found["mine"] is None
    for metric in ("accuracy", "auc"):
        contrast = next(one for one in comparison.contrasts if (one.split, one.metric) == ("test", metric))
        interval = found[metric]
        assert interval is not None and interval.p is not None and interval.p < 0.05
        assert 0 < interval.ci95[0] < (contrast.difference or 0) < interval.ci95[1]
    document = build_report(gather([weak.path, strong.path], side_by_side=True))
    rows = to_json(document)["comparison"]["contrasts"]
    assert [row["groups_p"] for row in rows if row["metric"] == "auc"][1] == found["auc"].p  # type: ignore[union-attr]
    assert "By 12 groups of images (95 % interval" in to_markdown(document)


def test_the_same_networks_differ_by_nothing(tmp_path: Path) -> None:
    runs = [grouped_run(tmp_path / name, seeds=seeds) for name, seeds in (("a", 100), ("b", 200))]
    comparison = compare([collect_runs([load_run(run.path)]) for run in runs])  # of other seeds: not paired
    assert all(one.by_groups is None for one in comparison.contrasts)


def test_other_images_or_data_are_not_compared_by_groups(tmp_path: Path) -> None:
    reference = collect_runs([load_run(grouped_run(tmp_path / "a").path)])
    fewer = collect_runs([load_run(grouped_run(tmp_path / "b", 1.5, images=200).path)])
    data = {
        "dataset": "mnist",
        "title": "MNIST",
        "source": "",
        "sha256": "5" * 64,
        "notes": [],
        "bundled_for": None,
    }
    other = collect_runs([load_run(grouped_run(tmp_path / "c", 1.5, data=data).path)])
    for side in (fewer, other):
        assert all(one.by_groups is None for one in compare([reference, side]).contrasts)
