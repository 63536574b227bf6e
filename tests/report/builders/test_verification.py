"""The tables, the verdict and the plots of a verify run, from files alone."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from cnnlab.report.builders.verification import (
    difference_sentence,
    small,
    total,
    verification_section,
    verification_to_json,
)
from cnnlab.report.figures.plots import write_verify_plots
from cnnlab.report.render.terminal import print_section
from cnnlab.runs.verification import VerificationRecord, read_verification

LAYER = "residual_block_1_shortcut_batch_norm"


def figures(**changes: Any) -> dict[str, Any]:
    entry = {
        "keras_shape": [8, 28, 28, 128],
        "numpy_shape": [8, 28, 28, 128],
        "keras_sum": 804.328743212,
        "numpy_sum": 804.328743211,
        "sum_difference": 1e-9,
        "largest_difference": 8.9e-16,
        "tolerance": 5.4e-14,
        "terms": 576,
        "arrays": 1,
        "kind": "Conv2D",
        "weights": 40,
        "worst_case": "kernel_size=3",
        "worst_array": "output",
        "passed": True,
    }
    return entry | changes


def verification() -> dict[str, Any]:
    kind = {"kind": "GlobalAveragePooling2D", "cases": 61, "failed": [], "error": None, "passed": True}
    split = {"images": 54000, "largest_difference": 2.4e-6, "tolerance": 4.9e-4, "passed": True}
    split |= {side: {"loss": 0.0603, "accuracy": 0.9811} for side in ("keras", "numpy")}
    split |= {"classes_differ": 1, "ties": 1, "seconds": {"keras": 1.0, "numpy": 0.25}}
    return {
        "passed": True,
        "seed": 0,
        "dtype": "float64",
        "forward_only": False,
        "layers": {
            "passed": True,
            "tolerance_rule": "16 x sqrt(terms).",
            "kinds": [kind | {"forward": figures(), "backward": figures()}],
            "cases": [],
        },
        "network": {
            "passed": True,
            "tolerance_rule": "16 x sqrt(terms).",
            "nudge_rule": "",
            "images": 2,
            "error": None,
            "first_difference": None,
            "weights": 40,
            "weights_numpy": 40,
            "weights_by_layer": {LAYER: {"keras": 40, "numpy": 40}},
            "layers": [figures(name=LAYER)],
            "gradients": [figures(name="input"), figures(name=f"{LAYER}/gamma")],
        },
        "data": {
            "passed": True,
            "tolerance_rule": "16 x sqrt(terms).",
            "dataset": "mnist",
            "title": "MNIST",
            "weights_from": "training",
            "notes": ["A note that every report must carry."],
            "published": {"source": "lab", "test_loss": [0.0683, 0.0638], "test_accuracy": 0.9771},
            "splits": {"train": split, "test": split | {"keras": None, "numpy": None}},
            "images": 64000,
            "seconds": {"keras": 2.0, "numpy": 0.5},
        },
    }


def rendered(folder: Path, result: Any) -> str:
    (folder / "verify.json").write_text(result if isinstance(result, str) else json.dumps(result))
    out = io.StringIO()
    found = read_verification(folder / "verify.json")
    print_section(verification_section(found), Console(file=out, width=80, highlight=False))
    assert all(len(line) <= 80 for line in out.getvalue().splitlines())
    return " ".join(out.getvalue().split())


def test_all_tables_at_80_columns(tmp_path: Path) -> None:
    text = rendered(tmp_path, verification())
    assert "GlobalAveragePooling2D 61 804.32874 804.32874 1.0e-09 8.9e-16 5.4e-14 equal" in text
    assert "train 54,000 0.06030 0.06030 98.11 % 98.11 % 1 2.4e-06 4.9e-04 equal" in text
    assert "test 54,000 - - - -" in text
    assert "2 of the other classes: two classes as probable as each other" in text
    assert "64,000 images took NumPy 0.50 s and Keras (predict) 2.00 s, 4.0 times as long." in text
    assert "Published (lab): test loss 0.0683 and 0.0638, test accuracy 97.71 %." in text
    assert "A note that every report must carry." in text
    assert "40 weights in Keras and in NumPy" in text
    assert "agree within rounding" in text


def test_no_ratio_of_a_time_that_was_too_short_to_measure(tmp_path: Path) -> None:
    result = verification()
    result["data"]["seconds"] = {"keras": 0.01, "numpy": 0.0}
    text = rendered(tmp_path, result)
    assert "took NumPy 0.00 s and Keras (predict) 0.01 s." in text and "times as long" not in text


def test_differences_are_said_where_they_are(tmp_path: Path) -> None:
    result = verification()
    wrong = {"passed": False, "largest_difference": "Infinity", "numpy_shape": [8, 1]}
    kind = result["layers"]["kinds"][0]
    kind |= {"passed": False, "failed": ["a"], "forward": figures(**wrong), "error": "IndexError: x"}
    result["network"] |= {
        "passed": False,
        "first_difference": LAYER,
        "layers": [figures(name=LAYER, **wrong)],
    }
    result["data"]["splits"]["train"] = result["data"]["splits"]["train"] | {"passed": False}
    result["passed"] = False
    text = rendered(tmp_path, result)
    assert "DIFFERENT: layer GlobalAveragePooling2D in 1 of 61 cases" in text
    assert f"the network from {LAYER} on" in text
    assert "train data: probabilities by 2.4e-06, 1 other classes" in text
    assert "The first difference arises in" in text
    assert "IndexError: x" in text
    assert "inf" in text


def test_the_place_of_a_difference_in_the_network() -> None:
    network = verification()["network"] | {"passed": False}

    def place(**changes: Any) -> str:
        found = verification() | {"network": network | changes}
        return difference_sentence(VerificationRecord.model_validate(found))

    assert "in its weight count" in place()
    network["gradients"][1]["passed"] = False
    assert f"in the gradient of {LAYER}/gamma" in place()
    assert "breaks down (IndexError: x)" in place(error="IndexError: x")


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"passed": true, "layers": {"kinds": 3}}', '{"layers": 1}']
)
def test_a_damaged_verify_json_is_one_sentence(tmp_path: Path, content: str) -> None:
    assert "missing or damaged" in rendered(tmp_path, content)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (804.32874321, "804.32874"),
        (24270.2251, "24270.225"),
        (0.2035807, "0.2035807"),
        (2.5e9, "2.500e+09"),
        (12345678.2, "12345678"),
        (1e-5, "1.000e-05"),
    ],
)
def test_sums_have_nine_characters(value: float, text: str) -> None:
    assert total(value) == text
    assert small(0.0) == "0"


def test_json_leaves_single_cases_out() -> None:
    result = VerificationRecord.model_validate(verification())
    before = copy.deepcopy(result)
    assert "cases" not in verification_to_json(result)["layers"]
    assert result == before


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    outputs = {"conv": rng.normal(size=(1, 6, 6, 3)), "flat": rng.normal(size=(1, 108))}
    found = {"images": rng.integers(0, 256, (2, 6, 6, 1), dtype=np.uint8)}
    for name, array in outputs.items():
        found |= {f"keras/{name}": array, f"numpy/{name}": array + 1e-15, f"trained/{name}": array}
    return found | {"trained kernel": rng.normal(size=(3, 3, 1, 3))}


def test_plots_are_drawn_from_the_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "arrays.npz", **arrays())  # type: ignore[arg-type]
    assert [p.stem for p in write_verify_plots(tmp_path)] == ["differences", "kernels", "feature_maps"]
    assert all(p.stat().st_size > 1000 for p in (tmp_path / "plots").iterdir())


def test_plots_without_differences_without_training_and_without_arrays(tmp_path: Path) -> None:
    assert write_verify_plots(tmp_path) == []
    found = {name: array for name, array in arrays().items() if not name.startswith("trained")}
    found |= {"numpy/conv": found["keras/conv"], "numpy/flat": found["keras/flat"]}
    np.savez(tmp_path / "arrays.npz", **found)  # type: ignore[arg-type]
    assert [p.stem for p in write_verify_plots(tmp_path)] == ["differences", "feature_maps"]
    (tmp_path / "arrays.npz").write_bytes(b"no archive")
    assert write_verify_plots(tmp_path) == []
