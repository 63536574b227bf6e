"""Which training is stopped at which comparison. Imports no Keras."""

import math

import pytest

from cnnlab.experiments.asha import Asha

pytest.importorskip("optuna")


def stops(asha: Asha, *values: float, epoch: int) -> list[bool]:
    """What becomes of one training after the other that comes to `epoch` with its figure."""
    return [asha.falls_behind(f"{epoch}, {n}", epoch, value) for n, value in enumerate(values)]


def test_the_best_third_of_those_that_came_before_goes_on() -> None:
    """By hand: of 2 and of 3 the best alone continues, of 6 the best two."""
    assert stops(Asha("val_loss", 3, 4), 0.5, 0.6, 0.4, 0.7, 0.41, 0.42, 0.405, epoch=4) == [
        *(False, True, False, True, True),  # 0.41 is second of five, of which one continues
        *(True, False),  # third of six, and second of seven, of which two do
    ]
    assert stops(Asha("val_accuracy", 2, 1), 0.9, 0.8, 0.95, 0.91, epoch=1) == [False, True, False, False]


def test_a_figure_that_is_no_number_stops_its_training() -> None:
    assert stops(Asha("val_loss", 3, 1), 0.5, math.nan, math.inf, epoch=1) == [False, True, True]


@pytest.mark.parametrize(
    ("before", "epoch", "expected"),
    [
        (0, 3, False),
        (0, 4, True),
        (0, 5, True),
        (4, 11, False),
        (4, 12, True),
        (5, 40, True),
        (12, 35, False),
    ],
)
def test_comparisons_come_three_times_as_late_each(before: int, epoch: int, expected: bool) -> None:
    """After 4, 12, 36 epochs, or when a figure is next known."""
    assert Asha("val_loss", 3, 4).compares(before, epoch) is expected


def test_later_comparisons_are_among_those_that_came_so_far() -> None:
    """The second to get to epoch 6 is worse there than the first, although it was better before."""
    asha = Asha("val_loss", 3, 2)
    assert [asha.falls_behind("a", 2, 0.5), asha.falls_behind("b", 2, 0.4)] == [False, False]
    assert [asha.falls_behind("a", 6, 0.2), asha.falls_behind("b", 6, 0.3)] == [False, True]
