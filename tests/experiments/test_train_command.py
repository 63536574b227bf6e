"""``cnnlab train`` end to end, through the real command line, on bundled digits."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tests.datasets.audit.samples import textured

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]

EVERY_RUN = [
    "config.yaml",
    "environment.json",
    "status.json",
    "summary.json",
    "summary.csv",
    "augmentation.png",
]
EVERY_REPEAT = ["metrics.csv", "inputs.csv", "result.json", "model.keras", "predictions.npz", "mistakes.png"]
EVERY_REPEAT += ["log.txt"]


def test_a_run_folder_holds_what_the_design_says(tiny_run: Path) -> None:
    """Each file is there, and nothing temporary stays."""
    for name in EVERY_RUN:
        assert (tiny_run / name).stat().st_size > 0, name
    for k in (0, 1):
        assert sorted(p.name for p in (tiny_run / "repeats" / str(k)).iterdir()) == sorted(EVERY_REPEAT)
    assert sorted(p.name for p in (tiny_run / "plots").iterdir()) == ["confusion.png", "curves.png"]
    assert not [p for p in tiny_run.rglob("*") if ".tmp" in p.name]


def test_metrics_have_one_row_per_epoch_and_validation_where_it_was_done(tiny_run: Path) -> None:
    """Validation runs every second epoch, and after the last."""
    with (tiny_run / "repeats/0/metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [bool(row["val_loss"]) for row in rows] == [False, True, True]
    assert all(row["loss"] and row["accuracy"] and row["learning_rate"] for row in rows)


def test_results_follow_from_the_stored_predictions(tiny_run: Path) -> None:
    """Accuracy and cross-entropy are those of predictions.npz; loss adds penalties, of which there are none."""
    result = json.loads((tiny_run / "repeats/0/result.json").read_text())
    stored = np.load(tiny_run / "repeats/0/predictions.npz")
    test = stored["split"] == 2
    p, labels = stored["probabilities"][test].astype(float), stored["label"][test]
    assert result["sizes"] == {"train": 96, "validation": 100, "test": 100}
    assert result["metrics"]["test"]["accuracy"] == pytest.approx(np.mean(p.argmax(1) == labels))
    expected = -np.mean(np.log(p[np.arange(len(p)), labels]))
    assert result["metrics"]["test"]["cross_entropy"] == pytest.approx(expected)
    assert result["metrics"]["test"]["loss"] == pytest.approx(expected)


def test_the_saved_model_opens_with_plain_keras_and_takes_pixels(tiny_run: Path) -> None:
    """No augmentation in it, explicit names, and the same probabilities as were stored."""
    import keras

    from cnnlab.datasets import data_places, dataset, load_dataset

    model = keras.saving.load_model(tiny_run / "repeats/0/model.keras", compile=False)
    assert [layer.name for layer in model.layers[:3]] == ["image", "scale", "conv_block_1_conv_1"]
    assert not any("random" in layer.name for layer in model.layers)
    stored = np.load(tiny_run / "repeats/0/predictions.npz")
    test = stored["split"] == 2
    digits = load_dataset("mnist10k", dataset.get("mnist10k").parameters(), data_places(None)).test
    assert digits is not None
    images = digits.images[stored["index"][test]].astype("float32")
    np.testing.assert_allclose(model.predict(images, verbose=0), stored["probabilities"][test], atol=1e-6)


def test_status_summary_and_environment(tiny_run: Path) -> None:
    """What a careful reader asks for stands there."""
    status = json.loads((tiny_run / "status.json").read_text())
    assert status["status"] == "done"
    assert {k: r["status"] for k, r in status["repeats"].items()} == {"0": "done", "1": "done"}
    summary = json.loads((tiny_run / "summary.json").read_text())
    accuracy = summary["metrics"]["test"]["accuracy"]
    assert accuracy["n"] == 2
    assert accuracy["mean"] == pytest.approx(np.mean(accuracy["values"]))
    assert accuracy["sd"] == pytest.approx(np.std(accuracy["values"], ddof=1))
    environment = json.loads((tiny_run / "environment.json").read_text())
    assert environment["data"]["dataset"] == "mnist10k"
    assert len(environment["data"]["sha256"]) == 64
    assert environment["packages"]["keras"].startswith("3.")
    assert environment["layout"]["threads"] == 1
    assert tiny_run.name.endswith("_" + environment["run_hash"][:8])


def test_the_resolved_config_gives_the_same_run(tiny_run: Path, cnnlab: Any) -> None:
    """Its YAML loads again to the same hash, defaults written out."""
    done = cnnlab("train", "-c", tiny_run / "config.yaml", "--print-config")
    assert done.code == 0, done.err
    assert yaml.safe_load(done.out) == yaml.safe_load((tiny_run / "config.yaml").read_text())


def test_report_prints_the_table_and_the_plots(tiny_run: Path, cnnlab: Any) -> None:
    """The newest run by default; no line is wider than the terminal, paths apart."""
    done = cnnlab("report", "--runs-dir", tiny_run.parent, "--json")
    assert done.code == 0, done.err
    assert "MNIST-10k" in done.out
    assert "curves.png" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines()[:-1] if str(tiny_run) not in line)
    assert done.json["runs"][0]["name"] == "tiny"


def test_bundled_digits_stand_in_for_mnist_and_say_so(tmp_path: Path, cnnlab: Any) -> None:
    """A shipped config runs offline; folder and table are marked, published values are not compared."""
    done = cnnlab(
        *(
            "train",
            "-c",
            "configs/mnist128/lab2025.yaml",
            "--bundled",
            "--smoke",
            "--runs-dir",
            tmp_path,
            "--json",
        ),
        cwd=Path(__file__).parents[2],
    )
    assert done.code == 0, done.err
    assert "stand in for 'mnist'" in done.err
    assert "not comparable" in done.out
    folder = Path(done.json["run"])
    assert json.loads((folder / "environment.json").read_text())["data"]["bundled_for"] == "mnist"


def test_missing_data_exit_5_and_name_the_way_out(tiny: Path, tmp_path: Path, cnnlab: Any) -> None:
    """Offline, with an empty home: paths searched, address, --bundled; no run folder is left behind."""
    nowhere = {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "https_proxy": "http://127.0.0.1:9",
    }
    done = cnnlab(
        *(
            "train",
            "-c",
            tiny,
            "--set",
            "data.dataset=mnist",
            "--runs-dir",
            tmp_path / "runs",
            "--data-dir",
            tmp_path,
        ),
        **nowhere,
    )
    assert done.code == 5
    assert "mnist.npz" in done.err
    assert "--bundled" in done.err
    assert not list((tmp_path / "runs").glob("*"))


def test_a_leak_is_said_before_training_and_stands_in_the_report(
    tiny: Path, tmp_path: Path, cnnlab: Any
) -> None:
    """The line in the terminal, audit.json, the page of pairs, and the report's sentence and table."""
    images = textured(40, 28, 28, 1)
    labels = np.arange(40) % 10
    np.savez(
        tmp_path / "leak.npz",
        x_train=images[:30],
        y_train=labels[:30],
        x_test=np.concatenate([images[30:], images[5:6]]),
        y_test=np.append(labels[30:], 5),
    )
    data = f"data={{dataset: npz, path: {tmp_path / 'leak.npz'}}}"
    done = cnnlab("train", "-c", tiny, "--smoke", "--set", data, "--runs-dir", tmp_path / "runs", "--json")
    assert done.code == 0, done.err
    assert done.err.index("audit: 1 of 11 test images is in the train images, too.") < done.err.index(
        "repeat 0"
    )
    folder = Path(done.json["run"])
    assert json.loads((folder / "audit.json").read_text())["audits"]
    assert len(list((folder / "plots").glob("audit_*.png"))) == 1
    done = cnnlab("report", folder, "--output", tmp_path / "page", "--json")
    assert done.code == 0, done.err
    assert done.json["runs"][0]["audit"]["pairs"][0]["second"]["index"] == 10
    page = (tmp_path / "page/report.html").read_text()
    assert "is in the train images, too" in page and "Equal and nearly equal images" in page
