"""Learning-rate schedules: what they give at each step, and what they refuse."""

import math
from itertools import pairwise
from typing import Any

import pytest

from cnnlab.schedules import Length, Plateau, schedule
from tests.sample_configs import MINIMAL, loaded, refusal

LENGTH = Length(steps_per_epoch=10, epochs=20)


def made(name: str, **parameters: Any) -> Any:
    entry = schedule.get(name)
    return entry(parameters=entry.parameters(**parameters), peak=0.1, length=LENGTH)


def rates(name: str, **parameters: Any) -> list[float]:
    rate = made(name, **parameters)
    return [float(rate(step)) for step in range(LENGTH.steps + 1)]


def test_length_counts_steps():
    assert LENGTH.steps == 200


def test_constant_is_the_number_itself():
    assert made("constant") == 0.1


def test_a_plateau_rule_acts_between_epochs():
    rule = made("reduce_on_plateau", monitor="val_accuracy", factor=0.5, patience=3, min_learning_rate=1e-4)
    assert rule == Plateau("val_accuracy", 0.5, 3, 1e-4, 1e-4)


@pytest.mark.keras
@pytest.mark.parametrize("minimum", [0.0, 0.01])
def test_cosine_without_warm_up(minimum):
    found = rates("cosine", minimum=minimum)
    for step, rate in enumerate(found):
        assert rate == pytest.approx(
            minimum + (0.1 - minimum) * (1 + math.cos(math.pi * step / 200)) / 2, abs=1e-7
        )


@pytest.mark.keras
def test_cosine_rises_in_a_line_and_ends_at_the_minimum():
    found = rates("cosine", warmup=0.25, minimum=0.02)
    assert found[:51] == pytest.approx([0.1 * step / 50 for step in range(51)], abs=1e-7)
    assert found[125] == pytest.approx(0.06, abs=1e-6) and found[200] == pytest.approx(0.02, abs=1e-7)
    assert all(later <= earlier + 1e-7 for earlier, later in pairwise(found[50:]))


@pytest.mark.keras
def test_cosine_with_nothing_but_warm_up_ends_at_the_peak():
    found = rates("cosine", warmup=1.0)
    assert (
        found[0] == 0.0 and found[100] == pytest.approx(0.05) and all(math.isfinite(rate) for rate in found)
    )


@pytest.mark.keras
@pytest.mark.parametrize("anneal", ["linear", "cosine"])
def test_one_cycle_rises_and_falls(anneal):
    found = rates("one_cycle", warmup=0.25, start=0.2, end=0.1, anneal=anneal)
    assert found[:51] == pytest.approx([0.02 + 0.08 * step / 50 for step in range(51)], abs=1e-7)
    for step in (50, 80, 125, 200):
        fallen = (step - 50) / 150
        fallen = fallen if anneal == "linear" else (1 - math.cos(math.pi * fallen)) / 2
        assert found[step] == pytest.approx(0.1 - 0.09 * fallen, abs=1e-7)


@pytest.mark.keras
@pytest.mark.parametrize("warmup", [0.0, 1.0])
def test_one_cycle_may_be_all_fall_or_all_rise(warmup):
    found = rates("one_cycle", warmup=warmup)
    assert found[0 if warmup == 0 else 200] == pytest.approx(0.1)
    assert found[100] == pytest.approx(0.05 if warmup == 0 else 0.052) and all(map(math.isfinite, found))


@pytest.mark.keras
def test_step_falls_after_so_many_epochs():
    found = rates("step", every_epochs=5, factor=0.1)
    assert found[:50] == pytest.approx([0.1] * 50) and found[50:100] == pytest.approx([0.01] * 50)
    assert found[199] == pytest.approx(1e-4)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "parameters"),
    [("cosine", {"warmup": 0.1}), ("one_cycle", {"anneal": "cosine"}), ("step", {"every_epochs": 3})],
)
def test_a_schedule_of_keras_can_be_saved(name, parameters):
    rate = made(name, **parameters)
    twin = type(rate).from_config(rate.get_config())
    assert [float(twin(step)) for step in (0, 7, 50, 199)] == [float(rate(step)) for step in (0, 7, 50, 199)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{name: reduce_on_plateau, factor: 1}", "factor: expected a number below 1"),
        ("{name: reduce_on_plateau, factor: 0}", "factor: expected a number above 0"),
        ("{name: reduce_on_plateau, monitor: loss}", "monitor: expected a figure of the validation split"),
        ("{name: cosine, warmup: 1.1}", "warmup: expected a number of at most 1"),
        ("{name: cosine, minimum: -0.1}", "minimum: expected a number of at least 0"),
        ("{name: step, every_epochs: 0}", "every_epochs: expected a number of at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, text, said):
    assert said in refusal(tmp_path, MINIMAL + f"training: {{schedule: {text}}}\n")


def test_the_lowest_rate_may_be_the_peak(tmp_path):
    text = "training: {optimizer: {name: sgd, learning_rate: 0.5}, schedule: {name: cosine, minimum: 0.5}}\n"
    assert loaded(tmp_path, MINIMAL + text).training.schedule.parameters.minimum == 0.5
