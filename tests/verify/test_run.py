"""``cnnlab verify`` through the real command line, on bundled digits."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Finished
from tests.warm import run_cnnlab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("verify")]

BREAK_DENSE = """
from cnnlab.numpy_cnn.layers import Dense
right = Dense.forward
Dense.forward = lambda self, *x, training=False: right(self, *x, training=training) * (1 + 1e-9)
"""

ODD_BLOCK = '''
from cnnlab.blocks import block

@block
def odd(x, *, name: str):
    """A depthwise convolution."""
    from keras import layers
    return layers.DepthwiseConv2D(3, name=f"{name}_odd")(x)
'''

ODD_CONFIG = """
name: odd
extensions: [odd_block.py]
data: {dataset: mnist10k}
model: [odd, flatten, classifier]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("verify")


@pytest.fixture(scope="module")
def first(place: Path) -> Finished:
    """A whole verification, in little."""
    return run_cnnlab("verify", "--smoke", "--json", "--runs-dir", place / "runs")


@pytest.fixture(scope="module")
def others(place: Path, first: Finished) -> dict[str, Finished]:
    """Everything else; the last command meets a broken layer."""
    run, runs = first.json["run"], ["--runs-dir", place / "others"]
    (place / "odd_block.py").write_text(ODD_BLOCK)
    (place / "odd.yaml").write_text(ODD_CONFIG)
    few = ["verify", "--smoke", "--json", *runs, "--layer", "dense"]
    commands = {
        "report": ["report", run, "--json"],
        "run": [*few, "--weights", run],
        "file": [*few, "--weights", f"{run}/repeats/0/model.keras", "--dtype", "float32", "--seed", 5],
        "forward": [*few, "--layer", "max_pooling2d", "--skip-training", "--forward-only", "-v"],
        "no data": [*few, "--skip-training", "--dataset", "mnist", "--data-dir", place, "-q"],
        "kind": ["verify", *runs, "--layer", "conv3d"],
        "odd": ["verify", *runs, "-c", place / "odd.yaml", "--smoke"],
        "lost": ["verify", *runs, "--weights", place / "lost.keras"],
        "broken": [*few, "--layer", "conv2d", "--skip-training"],
    }
    patches = {"broken": BREAK_DENSE}
    return {name: run_cnnlab(*arguments, patch=patches.get(name, "")) for name, arguments in commands.items()}


def test_all_is_equal_and_the_json_says_so(first: Finished) -> None:
    assert first.code == 0, first.err
    result = first.json
    assert result["passed"] is True
    assert {"layers", "network", "data", "run"} <= result.keys()
    assert result["network"]["weights"] == result["network"]["weights_numpy"] == 4266
    assert [kind["kind"] for kind in result["layers"]["kinds"]][:2] == ["Conv2D", "MaxPooling2D"]
    splits = result["data"]["splits"]
    assert {name: split["images"] for name, split in splits.items()} == {
        "train": 48,
        "validation": 48,
        "test": 48,
    }
    for split in splits.values():
        assert split["classes_differ"] == split["ties"]
        assert split["largest_difference"] <= split["tolerance"] < 1e-3
        assert split["keras"]["accuracy"] == pytest.approx(split["numpy"]["accuracy"])
        assert split["keras"]["loss"] == pytest.approx(split["numpy"]["loss"], rel=1e-4)
        assert min(split["seconds"].values()) > 0


def test_the_tables_fit_80_columns_and_carry_the_datas_note(first: Finished) -> None:
    tables = first.out.splitlines()[:-1]
    assert all(len(line) <= 80 for line in tables if str(first.json["run"]) not in line)
    for words in (
        "Layers and losses: outputs",
        "gradients of inputs",
        "4,266 weights",
        "agree within rounding",
    ):
        assert words in first.out
    assert "not an MNIST test accuracy" in " ".join(first.out.split())


def test_the_run_folder_holds_it_all(first: Finished) -> None:
    run = Path(first.json["run"])
    assert "_verify_" in run.name
    for name in ("config.yaml", "environment.json", "repeats/0/model.keras", "repeats/0/metrics.csv"):
        assert (run / name).stat().st_size > 0
    status = json.loads((run / "status.json").read_text())
    assert (status["command"], status["status"]) == ("verify", "done")
    plots = sorted(path.name for path in (run / "plots").iterdir())
    assert plots == ["differences.png", "feature_maps.png", "kernels.png"]
    stored = json.loads((run / "verify.json").read_text())
    case = stored["layers"]["cases"][0]
    assert (case["kind"], case["weights"]["keras"]) == ("Conv2D", case["weights"]["numpy"])
    assert {"keras_shape", "numpy_shape", "keras_sum", "numpy_sum", "sum_difference"} <= case["arrays"][
        0
    ].keys()
    with np.load(run / "arrays.npz") as arrays:
        assert arrays["images"].dtype == np.uint8
        np.testing.assert_allclose(arrays["keras/classifier_1"], arrays["numpy/classifier_1"], atol=1e-12)
        assert arrays["trained kernel"].shape == (3, 3, 1, 4)


def test_report_prints_the_tables_again(others: dict[str, Finished], first: Finished) -> None:
    done = others["report"]
    assert done.code == 0, done.err
    assert "Network with random weights: gradients" in done.out
    assert "agree within rounding" in done.out
    assert done.json["runs"][0]["verify"]["network"]["weights"] == 4266


def test_weights_of_a_run_folder_are_evaluated_without_training(
    others: dict[str, Finished], first: Finished
) -> None:
    done = others["run"]
    assert done.code == 0, done.err
    assert done.json["data"]["weights_from"].endswith("repeats/0/model.keras")
    ours, before = (run.json["data"]["splits"]["test"]["keras"] for run in (done, first))
    assert ours["loss"] == pytest.approx(before["loss"], rel=1e-6)
    assert not (Path(done.json["run"]) / "repeats").exists()


def test_weights_of_a_file_in_float32(others: dict[str, Finished]) -> None:
    done = others["file"]
    assert done.code == 0, done.err
    assert (done.json["dtype"], done.json["seed"]) == ("float32", 5)
    assert "float32 epsilon" in done.json["layers"]["tolerance_rule"]
    assert done.json["network"]["layers"][1]["tolerance"] > 1e-6


def test_forward_only_two_kinds_every_case_and_no_data_part(others: dict[str, Finished]) -> None:
    done = others["forward"]
    assert done.code == 0, done.err
    assert [kind["kind"] for kind in done.json["layers"]["kinds"]] == ["MaxPooling2D", "Dense"]
    assert done.json["data"] is None
    assert done.json["network"]["gradients"] == []
    assert "gradients" not in done.out.partition("{")[0]
    assert "units=4 3x5" in done.out
    assert "output (fast path)" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines()[:-1] if "others" not in line)


def test_without_data_the_network_runs_on_random_pixels(others: dict[str, Finished]) -> None:
    assert others["no data"].code == 0, others["no data"].err
    assert others["no data"].json["passed"]
    assert len(others["no data"].out.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("kind", 2, "no layer kind 'conv3d' (did you mean 'conv2d'?); kinds: conv2d, maxpooling2d"),
        ("odd", 2, "'odd_1_odd' of class DepthwiseConv2D has no twin in NumPy; supported:"),
        ("lost", 2, "lost.keras"),
        ("broken", 3, "layer Dense in 1 of 1 cases; the network from classifier_1 on"),
    ],
)
def test_errors_are_one_sentence_with_the_way_out(
    others: dict[str, Finished], name: str, code: int, words: str
) -> None:
    assert others[name].code == code, others[name].err
    assert words in others[name].err
    assert "Traceback" not in others[name].err


def test_a_broken_layer_is_named_in_the_folder_too(others: dict[str, Finished]) -> None:
    result = others["broken"].json
    assert result["passed"] is False
    assert {kind["kind"]: kind["passed"] for kind in result["layers"]["kinds"]} == {
        "Conv2D": True,
        "Dense": False,
    }
    assert result["network"]["first_difference"] == "classifier_1"
    stored = json.loads((Path(result["run"]) / "verify.json").read_text())
    assert stored["passed"] is False
