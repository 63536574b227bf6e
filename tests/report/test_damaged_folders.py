"""Run folders with every file damaged in every way: reading continues, and reports what it could not read."""

import io
import json
import random
import shutil
import warnings
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
import yaml
from rich.console import Console

from cnnlab.files import plain
from cnnlab.report.builders.run_diff import diff_section, diff_to_json
from cnnlab.report.builders.run_list import run_list, run_list_texts
from cnnlab.report.builders.run_page import run_page, run_to_json
from cnnlab.report.collect import collect
from cnnlab.report.figures.curves import curves
from cnnlab.report.figures.plots import write_plots
from cnnlab.report.figures.style import styled
from cnnlab.report.predictions import measured_split
from cnnlab.report.render.data import csv_files, to_json
from cnnlab.report.render.html import to_html
from cnnlab.report.render.latex import latex_tables, to_latex
from cnnlab.report.render.markdown import to_markdown
from cnnlab.report.render.terminal import print_document, print_section, print_table, print_texts
from cnnlab.runs.diff import diff_runs
from cnnlab.runs.find import find_runs, list_runs
from cnnlab.runs.overview import overview
from cnnlab.runs.read import load_run
from cnnlab.runs.summary_files import write_summary
from tests import fake_runs
from tests.hostile import REPLACEMENTS, WRONG_VALUES, damaged_contents, keys, replace_by, with_value
from tests.report.shown import report_of

pytestmark = pytest.mark.heavy

IMAGES = {"test": np.zeros((40, 4, 4, 1), np.uint8), "validation": np.zeros((40, 4, 4, 1), np.uint8)}
READ = ("status.json", "config.yaml", "environment.json", "repeats/0/result.json", "repeats/1/metrics.csv")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return fake_runs.make_run(
        tmp_path_factory.mktemp("sound"), accuracies=[0.9, 0.8], failed=["x"], epochs=3
    ).path


@pytest.fixture
def copied(sound, tmp_path, monkeypatch):
    """Return a function that makes a fresh copy of a sound run folder."""
    monkeypatch.chdir(tmp_path)

    def copy() -> Path:
        shutil.rmtree(tmp_path / "runs", ignore_errors=True)
        return Path(shutil.copytree(sound, tmp_path / "runs" / sound.name))

    return copy


READERS = cycle(range(5))  # all of them for each damage would take minutes


def used(path: Path, beside: Path) -> str:
    """Report on a run folder, and do one other thing that reads it; returns what a person is shown."""
    assert [run.name for run in list_runs(path.parent)] == [path.name]
    screen = io.StringIO()
    console = Console(file=screen, width=80)
    document = report_of(path)
    print_document(document, console)
    json.dumps(plain(to_json(document)), allow_nan=False)
    read_otherwise(next(READERS), path, beside, console)
    shown = screen.getvalue()
    assert all(character.isprintable() for character in shown.replace("\n", "")), shown
    return shown


def read_otherwise(reader: int, path: Path, beside: Path, console: Console) -> None:
    run = load_run(path)
    if reader == 0:
        document = report_of(beside, path, side_by_side=True)
        print_document(document, console)
        json.dumps(plain(to_json(document)), allow_nan=False)
    elif reader == 1:
        print_table(run_list([overview(path)]), console)
        print_texts(run_list_texts([overview(path)]), console)
        print_section(run_page(run), console)
        json.dumps(plain(run_to_json(run)), allow_nan=False)
    elif reader == 2:
        sound = load_run(beside)
        print_section(diff_section(sound, run, diff_runs(sound, run)), console)
        json.dumps(plain(diff_to_json(sound, run, diff_runs(sound, run))), allow_nan=False)
    elif reader == 3:
        document = report_of(path)
        assert to_html(document) and to_markdown(document) and to_latex(document)
        assert latex_tables(document) and csv_files(document)
    else:
        write_summary(path)
        assert find_runs(["latest"], path.parent) == [path]


@pytest.mark.parametrize("name", READ)
def test_damaged_bytes_never_stop_a_report(copied, sound, name):
    rng = random.Random(name)
    for kind, content in damaged_contents((copied() / name).read_bytes(), rng, flips=10).items():
        path = copied()
        (path / name).write_bytes(content)
        shown = used(path, sound)
        if kind in {"empty", "noise", "zeros", "deep", "utf-16"} and not name.endswith(".csv"):
            assert f"{Path(name).name} is damaged" in shown, kind


@pytest.mark.parametrize("name", [*READ, "repeats/0/predictions.npz"])
def test_something_else_in_a_files_place_never_stops_a_report(copied, sound, name):
    for kind in REPLACEMENTS:
        path = copied()
        replace_by(kind, path / name)
        assert "2 of" in used(path, sound) or name.endswith("result.json"), kind


@pytest.mark.parametrize("name", [name for name in READ if not name.endswith(".csv")])
def test_wrong_values_never_stop_a_report(copied, sound, name):
    """`used` asserts what a report of damaged folders must hold, and raises what the report raises."""
    path = copied()
    content = yaml.safe_load((path / name).read_text())
    values = cycle(WRONG_VALUES)
    for key in keys(content):
        changed = with_value(content, key, next(values))
        text = yaml.safe_dump(changed) if name.endswith(".yaml") else json.dumps(changed)
        (path / name).write_text(text)
        used(path, sound)


def test_published_values_beyond_all_reason_have_no_decimals(copied, sound):
    """Formatting -1e308 raises nothing."""
    path = copied()
    config = yaml.safe_load((path / "config.yaml").read_text())
    config["published"]["test_accuracy"] = [0.9, -1e308]
    (path / "config.yaml").write_text(yaml.safe_dump(config))
    used(path, sound)


@pytest.mark.parametrize("cell", ["inf", "nan", "1e308", "-1e308", "5e-324", "1e300"])
@pytest.mark.parametrize("column", [0, 3])
def test_curves_are_drawn_without_the_values_that_no_axis_takes(copied, cell, column):
    path = copied()
    lines = [line.split(",") for line in (path / "repeats/1/metrics.csv").read_text().splitlines()]
    lines[1][column] = cell
    (path / "repeats/1/metrics.csv").write_text("".join(",".join(line) + "\n" for line in lines))
    report = collect(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = curves(report).draw()
        assert figure is not None
        with styled():
            figure.draw_without_rendering()


@pytest.mark.parametrize("kind", ["half", "pipe"])
def test_plots_are_drawn_without_damaged_predictions(copied, kind):
    """Drawing raises nothing."""
    path = copied()
    target = path / "repeats/0/predictions.npz"
    if kind == "pipe":
        replace_by(kind, target)
    else:
        target.write_bytes(damaged_contents(target.read_bytes(), random.Random(3))[kind])
    write_plots(path, IMAGES)


def test_predictions_of_odd_types_are_no_predictions(copied):
    for name, array in {
        "label": np.array(["0"] * 120),
        "probabilities": np.zeros((120, 10), complex),
        "split": np.zeros((120, 2), np.uint8),
    }.items():
        path = copied()
        target = path / "repeats/0/predictions.npz"
        with np.load(target) as arrays:
            np.savez(target, **{**arrays, name: array})
        assert measured_split(target) is None


def test_a_folder_that_vanishes_while_it_is_read_is_a_sentence(copied):
    path = copied()
    run = load_run(path)
    shutil.rmtree(path)
    assert run.repeats[0].history == {}
