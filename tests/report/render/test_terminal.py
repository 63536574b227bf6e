import json
import math
import resource
import shutil
import subprocess
import sys

import pytest

import cnnlab
from cnnlab.errors import RunError
from cnnlab.report.render.data import to_json
from cnnlab.runs.folder import RunFolder
from tests import fake_runs
from tests.fake_runs import BUNDLED, LAB_2025, MNIST
from tests.report.shown import report_of, shown, words


def printed(*folders, width=80):
    return shown(report_of(*(folder.path for folder in folders)), width)


def plain(folder):
    """The run as programs get it."""
    return to_json(report_of(folder.path))["runs"][0]


def test_the_table_of_a_finished_run(make_run):
    text = printed(make_run(accuracies=[0.9312, 0.9243, 0.9401, 0.9285, 0.9335]))
    assert max(map(len, text.splitlines())) <= 80
    assert "mnist128-lab2025  done, 5 of 5 repeats finished" in text
    assert "MNIST; 128 training, 6,000 validation, 10,000 test images" in text
    lines = [words(line) for line in text.splitlines()]
    assert "split metric n mean sd 95 % interval published (sd, n)" in lines
    # mean 0.93152, squared deviations sum to 1.3789e-4: sd 0.0058713, t(4) 2.7764, half width 0.0072902; within 0 to 1
    assert "accuracy % 5 93.15 0.59 92.38 to 93.85 93.07 (0.80, 5)" in lines
    assert "difference test accuracy: +0.08 points" in words(text)
    assert "Welch's test p = 0.86: chance can explain it." in words(text)
    assert "seeds 100, 101, 102, 103, 104 (repeats 0-4)" in words(text)
    assert "the last one of each repeat; no split chose it" in words(text)
    assert "sample standard deviation (n - 1)" in words(text)
    assert "lab report 2025, table 3" in text


def test_other_data_are_not_comparable(make_run):
    text = words(printed(make_run(data=BUNDLED)))
    assert "mnist128-lab2025 [bundled data, not mnist]" in text
    assert "not comparable: run on 10,000 bundled MNIST digits, which came with cnnlab" in text
    assert "this is not an MNIST test accuracy" in text
    assert "(0.80, 5)" not in text and "Welch" not in text


def test_the_name_of_the_data_decides_too(make_run):
    other = {**MNIST, "dataset": "npz", "title": "digits.npz"}
    assert "not comparable: run on digits.npz (npz), published on mnist" in words(
        printed(make_run(data=other))
    )
    unknown = words(printed(make_run(data={})))
    assert "it is not known whether the published values are of the data used here" in unknown


def test_a_run_on_a_part_of_the_data_is_not_comparable(make_run):
    folder = make_run()
    config = folder.config_path.read_text().replace(
        "dataset: mnist\n", "dataset: mnist\n  limit_per_split: 64\n", 1
    )
    folder.config_path.write_text(config)
    assert "not comparable: run on at most 64 images of each split" in words(printed(folder))


def test_more_than_chance(make_run):
    text = words(printed(make_run(accuracies=[0.85, 0.86, 0.855])))
    assert "test accuracy: -7.57 points" in text
    assert ": more than chance." in text


@pytest.mark.parametrize(("value", "shown"), [(0.9771, "97.71"), ([0.9771], "97.71 (1)")])
def test_single_published_figures_have_no_spread_and_no_test(make_run, value, shown):
    text = printed(make_run(published={"source": "a report", "dataset": "mnist", "test_accuracy": value}))
    assert any(line.endswith(f" {shown}") for line in text.splitlines())
    assert "Welch" not in text


def test_one_repeat_has_no_spread(make_run):
    text = printed(make_run(accuracies=[0.93]))
    assert "accuracy % 1 93.00 - - 93.07 (0.80, 5)" in [words(line) for line in text.splitlines()]
    assert "test accuracy: -0.07 points; one repeat allows no test." in words(text)
    assert "one repeat has neither sd nor interval" in words(text)
    assert "Welch" not in text


def test_failed_and_diverged_repeats_are_said(make_run):
    folder = make_run(accuracies=[0.93, math.nan, 0.94], failed=["the worker was killed (signal 9)"])
    text = printed(folder)
    assert "partial, 3 of 4 repeats finished" in text
    assert "repeat 3 failed: the worker was killed (signal 9)" in words(text)
    assert "repeat 1 gave no finite number for validation loss" in words(text)
    assert "accuracy %    2*" in text
    assert max(map(len, text.splitlines())) <= 80


def test_hidden_test_labels(make_run):
    text = printed(make_run(hidden_test=True))
    assert "test       loss" not in text
    assert "published, but not measured here: test accuracy" in words(text)


def test_a_run_at_work(make_run):
    folder = make_run()
    folder.repeat(2).result_path.unlink()
    folder.status.start("train", range(4))
    for k, state in enumerate(["done", "done", "running"]):
        folder.status.set_repeat(k, state)
    text = words(printed(folder))
    assert "running, 2 of 4 repeats finished" in text
    assert "repeat 2 is still running after 12 epochs" in text
    assert "repeat 3 has not begun" in text


def test_nothing_to_show_is_no_error(make_run):
    folder = make_run(accuracies=[], failed=["no memory"])
    text = printed(folder)
    assert "failed, 0 of 1 repeat finished" in text
    assert "split" not in text
    for path in (folder.config_path, folder.environment_path, folder.status.path):
        path.write_text("{")
    assert "status.json is damaged" in printed(folder)


def test_a_verify_run_is_named_as_such(tmp_path):
    folder = RunFolder.create(tmp_path, "verify", "01234567")
    folder.status.start("verify", [])
    folder.status.finish("done")
    assert "verify  done, verify run" in printed(folder)
    assert plain(folder)["kind"] == "verify"


def test_which_split_chose_the_epoch(make_run):
    folder = make_run(accuracies=[0.93, 0.94])
    for k, epoch in enumerate([7, 9]):
        result = json.loads(folder.repeat(k).result_path.read_text())
        folder.repeat(k).result_path.write_text(
            json.dumps({**result, "chosen_by": "val_loss", "best_epoch": epoch})
        )
    assert "the best by val_loss (7, 9)" in words(printed(folder))


def test_plots_are_named_one_whole_path_a_line(make_run):
    folder = make_run()
    folder.plots_path.mkdir()
    for path in (folder.plots_path / "curves.png", folder.repeat(1).mistakes_path, folder.augmentation_path):
        path.write_bytes(b"")
    (folder.plots_path / ".curves.tmp.png").write_bytes(b"")
    lines = printed(folder, width=40).splitlines()
    name = f"runs/{folder.path.name}"
    assert lines[-4:] == [
        name,
        f"{name}/augmentation.png",
        f"{name}/plots/curves.png",
        f"{name}/repeats/1/mistakes.png",
    ]


def test_text_from_files_is_shown_as_it_is(make_run):
    name = "[red]x[/red] \x1b]0;owned\x07"
    published = {"source": "[link=x]s[/link]\x1b[2J", "dataset": "mnist", "test_accuracy": LAB_2025}
    folder = make_run(name=name, published=published, failed=["[bold]\x1b[31m"])
    text = printed(folder)
    assert "[red]x[/red]" in text and "[link=x]s[/link]" in text and "[bold]" in text
    assert "\x1b" not in text and "\x07" not in text


def test_long_names_of_metrics_stay_within_the_line(make_run):
    folder = make_run(accuracies=[0.9, 0.91])
    for k in range(2):
        result = json.loads(folder.repeat(k).result_path.read_text())
        result["metrics"]["test"]["mean_" * 20 + "accuracy"] = 0.5 + k
        folder.repeat(k).result_path.write_text(json.dumps(result))
    assert max(map(len, printed(folder).splitlines())) <= 80


def test_several_runs_and_a_missing_one(make_run, tmp_path):
    text = printed(make_run(name="a"), make_run(name="b", published=None))
    assert text.index("a  done") < text.index("b  done")
    with pytest.raises(RunError, match="There is no run folder"):
        report_of(tmp_path / "nowhere")


def test_plain_data(make_run):
    folder = make_run(accuracies=[0.93, math.nan, 0.94], failed=["killed"])
    content = json.loads(json.dumps(plain(folder), allow_nan=False))
    accuracy = content["metrics"]["test"]["accuracy"]
    assert accuracy["values"] == [0.93, "NaN", 0.94]
    assert (accuracy["n"], accuracy["mean"]) == (2, pytest.approx(0.935))
    assert accuracy["published"]["n"] == 5 and accuracy["comparable"] is True
    assert 0 < accuracy["welch"]["p"] < 1
    assert content["headline"] == ["test", "accuracy"]
    state = {"k": 3, "status": "failed", "error": "killed", "seed": None}
    state |= {"run": folder.path.name, "repeat": "3"}
    assert {key: content["repeats"][3][key] for key in state} == state
    assert content["seeds"] == [100, 101, 102]
    assert content["path"] == str(folder.path)


def test_plain_data_say_not_comparable(make_run):
    content = plain(make_run(data=BUNDLED))
    assert "bundled MNIST digits" in content["not_comparable"]
    assert content["metrics"]["test"]["accuracy"]["comparable"] is False
    assert not content["metrics"]["test"]["accuracy"]["welch"]


HEAVY = ("keras", "tensorflow", "matplotlib", "scipy.stats", "jinja2")


def test_the_terminal_report_imports_nothing_slow(make_run):
    code = (
        "import sys; from tests.report.shown import report_of, shown\n"
        "import cnnlab.report.figures.plots\n"
        f"print(shown(report_of({str(make_run().path)!r})))\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    root = cnnlab.__path__[0].removesuffix("cnnlab")
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_all_values_and_their_range(make_run):
    lines = [words(line) for line in printed(make_run(accuracies=[0.93, 0.92, 0.941])).splitlines()]
    assert "accuracy % 92.00 94.10 93.00 92.00 94.10" in lines


def test_how_large_a_difference_could_have_been_seen(make_run):
    text = words(printed(make_run(accuracies=[0.92, 0.93, 0.94])))
    assert "would be seen in 80 of 100 such comparisons" in text


@pytest.mark.parametrize(("figure", "place"), [(0.935, "within"), (0.5, "outside")])
def test_a_single_published_figure_stands_beside_what_further_repeats_give(make_run, figure, place):
    published = {"source": "a report", "dataset": "mnist", "test_accuracy": figure}
    text = words(printed(make_run(accuracies=[0.92, 0.93, 0.94], published=published)))
    assert f"from a single figure, {place} 88.0 to 98.0, where 95 % of further repeats are expected." in text


@pytest.mark.heavy
def test_a_hundred_runs_take_seconds(tmp_path, cnnlab):
    one = fake_runs.make_run(tmp_path / "one", [0.9, 0.91, 0.92, 0.93, 0.94], epochs=1, images=1)
    for number in range(100):
        shutil.copytree(one.path, tmp_path / f"runs/20260101-0000{number:02}_lab_1a2b3c4d")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = cnnlab("report", tmp_path / "runs/*")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.out.count("5 of 5 repeats finished") == 100
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_the_longest_names_of_metrics_stay_whole_and_the_models_input_is_told(make_run):
    folder = make_run(accuracies=[0.9, 0.8], published=None)
    for k in range(2):
        path = folder.repeat(k).result_path
        result = json.loads(path.read_text())
        result["metrics"]["test"]["sensitivity_at_threshold"] = 0.75 + 0.01 * k
        result["input"] = {"shape": [32, 32, 3], "range": [0, 255], "standardize": None}
        path.write_text(json.dumps(result))
    text = printed(folder)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("sensitivity_at_threshold ") == 2
    assert "model model.keras takes images of 32 x 32 x 3, pixel values 0 to 255: they are scaled" in words(
        text
    )
