"""Layer kinds by the names that people type, weights by path, and class probabilities. No Keras."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.errors import ConfigError, RunError
from cnnlab.verify.cases import CASES, chosen_kinds
from cnnlab.verify.data import judge_probabilities
from cnnlab.verify.request import Weights, find_weights


@pytest.mark.parametrize("name", ["conv2d", "Conv2D", "conv_2d", "CONV2D"])
def test_capitals_and_underscores_do_not_matter(name):
    assert chosen_kinds([name]) == ["Conv2D"]


def test_several_kinds_come_in_the_tables_order_and_none_means_all():
    assert chosen_kinds(["dense", "conv2d", "dense"]) == ["Conv2D", "Dense"]
    assert chosen_kinds([]) == list(CASES)


def test_an_unknown_kind_lists_all_and_names_the_nearest():
    with pytest.raises(
        ConfigError, match=r"no layer kind 'conv3d' \(did you mean 'conv2d'\?\).*maxpooling2d"
    ):
        chosen_kinds(["dense", "conv3d"])


def test_weights_are_a_file_a_run_or_a_repeat(tmp_path: Path):
    run = tmp_path / "20261122-000000_lab_0123abcd"
    for repeat in (2, 10):
        (run / "repeats" / str(repeat)).mkdir(parents=True)
        (run / "repeats" / str(repeat) / "model.keras").touch()
    (run / "repeats" / "1").mkdir()
    (run / "config.yaml").touch()
    model = run / "repeats" / "2" / "model.keras"
    assert find_weights(str(model), tmp_path) == Weights(model)
    assert find_weights(str(run), tmp_path) == Weights(model, run / "config.yaml", 2)
    assert find_weights("lab", tmp_path) == Weights(model, run / "config.yaml", 2)
    of_repeat = find_weights(str(run / "repeats" / "10"), tmp_path)
    assert (of_repeat.repeat, of_repeat.model_path.parent.name) == (10, "10")


def test_weights_that_are_not_there(tmp_path: Path):
    (tmp_path / "20261122-000000_lab_0123abcd").mkdir()
    with pytest.raises(RunError, match=r"there is no file .*trained\.keras"):
        find_weights(str(tmp_path / "trained.keras"), tmp_path)
    with pytest.raises(RunError, match="holds no trained model"):
        find_weights("lab", tmp_path)


def test_ties_within_tolerance_are_told_apart_from_other_classes():
    keras = np.array([[0.5, 0.4999], [0.9, 0.1], [0.2, 0.8]])
    ours = np.array([[0.49995, 0.49996], [0.9, 0.1], [0.2, 0.8]])
    judged = judge_probabilities(keras, ours, 1e-3)
    assert (judged.classes_differ, judged.ties, judged.passed) == (1, 1, True)
    judged = judge_probabilities(keras, ours[[0, 2, 1]], 1e-3)
    assert (judged.classes_differ, judged.ties, judged.passed) == (3, 1, False)
    assert judged.largest_difference == pytest.approx(0.7)
    assert not judge_probabilities(keras, ours[:2], 1e-3).passed
