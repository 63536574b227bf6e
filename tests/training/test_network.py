"""A network made ready to be trained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.runs.metrics_log import read_metrics
from tests.sample_configs import MINIMAL, loaded

pytestmark = pytest.mark.keras


def part(tmp_path: Path, training: str) -> Any:
    """A network of one layer with two inputs and two classes, compiled."""
    import keras

    from cnnlab.training.network import compile_network, network_class

    keras.utils.set_random_seed(1)
    inputs = keras.Input((2,))
    made = network_class()(inputs, keras.layers.Dense(2, activation="softmax")(inputs))
    made.watch_loss()
    config = loaded(tmp_path, MINIMAL + f"training: {{{training}}}\n")
    plateau = compile_network(made, config.training, num_classes=2, steps_per_epoch=5)
    return made, plateau


def test_every_variable_is_there_before_the_first_step(tmp_path: Path) -> None:
    made, plateau = part(tmp_path, "optimizer: {name: adam}, metrics: [accuracy, top_k: {k: 2}, auc]")
    assert plateau is None and len(made.optimizer.variables) > 4
    counted = {"loss", "cross_entropy", "accuracy", "top_2", "finite_steps", "all_finite"}
    assert set(made.metrics_now()) == counted  # the AUC is computed from an epoch's probabilities


def test_the_plateau_rule_acts_between_epochs_on_a_plain_rate(tmp_path: Path) -> None:
    from cnnlab.training.network import LearningRates, set_learning_rate

    made, plateau = part(
        tmp_path, "optimizer: {name: sgd, learning_rate: 0.5}, schedule: {name: reduce_on_plateau}"
    )
    rates = LearningRates(made)
    assert plateau is not None and rates.mean(7) == 0.5
    set_learning_rate(made, 0.25)
    assert rates.mean(7) == 0.25


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [0.5] * 10),
        ("{name: cosine, warmup: 0.5, minimum: 0.5}", [0.0, 0.1, 0.2, 0.3, 0.4] + [0.5] * 5),
        ("{name: step, every_epochs: 1, factor: 0.5}", [0.5] * 5 + [0.25] * 5),
        ("{name: one_cycle, warmup: 0.5, start: 0.0, end: 1.0}", [0.0, 0.1, 0.2, 0.3, 0.4] + [0.5] * 5),
    ],
)
def test_the_rate_of_an_epoch_is_the_mean_over_its_steps(
    schedule: str, expected: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnlab.training import network
    from cnnlab.training.network import LearningRates

    made, _ = part(tmp_path, f"epochs: 2, optimizer: {{name: sgd, learning_rate: 0.5}}, schedule: {schedule}")
    rates = LearningRates(made)
    assert [rates.at(step) for step in range(10)] == pytest.approx(expected, rel=1e-6)
    assert rates.mean(5) == pytest.approx(np.mean(expected[:5]), rel=1e-6)
    made.optimizer.iterations.assign(5)  # as after an epoch
    assert rates.steps_done == 5
    monkeypatch.setattr(network, "MOST_RATES", 3)  # of the five, the first, the middle and the last
    assert rates.mean(5) == pytest.approx(np.mean(expected[5:]), rel=1e-6)
    rates.write(tmp_path / "learning_rates.csv", epochs=2, steps=5)
    if schedule == "constant":
        assert not (tmp_path / "learning_rates.csv").exists()
    else:
        written = read_metrics(tmp_path / "learning_rates.csv")
        assert written["epoch"] == pytest.approx([step / 5 for step in range(10)])
        assert written["learning_rate"] == pytest.approx(expected, rel=1e-6)


def test_averaged_weights_stand_in_while_they_are_wanted(tmp_path: Path) -> None:
    from cnnlab.training.network import averaged_weights, base_optimizer

    made, _ = part(tmp_path, "weight_averaging: {momentum: 0.5}")
    averages = base_optimizer(made)._model_variables_moving_average
    for average in averages:
        average.assign(np.full(average.shape, 3.0))
    before = [np.asarray(weight) for weight in made.trainable_variables]
    with averaged_weights(made, wanted=True):
        assert all(np.all(np.asarray(weight) == 3) for weight in made.trainable_variables)
    with averaged_weights(made, wanted=False):
        for weight, old in zip(made.trainable_variables, before, strict=True):
            np.testing.assert_array_equal(weight, old)


def test_offsets_make_the_training_loss_of_a_rare_class_dearer(tmp_path: Path) -> None:
    made, _ = part(tmp_path, "")
    even = np.full((1, 2), 0.5, np.float32)
    assert made.adjusted(even) is even
    made.logit_offsets = np.log(np.array([0.9, 0.1], np.float32))
    np.testing.assert_allclose(made.adjusted(even), [[0.9, 0.1]], rtol=1e-6)
