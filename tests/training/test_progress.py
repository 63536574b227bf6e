"""Where a training stands, through JSON and back."""

import json
import math

import numpy as np

from cnnlab.files import plain
from cnnlab.training.progress import Stopwatch, TrainingPosition, TrainingProgress
from cnnlab.training.rules import BestEpoch, Patience


def progress() -> TrainingProgress:
    return TrainingProgress(Patience("val_loss", 2), None, BestEpoch("val_loss"))


def test_it_comes_back_from_json_with_numbers_that_json_has_not():
    before = progress()
    before.position = TrainingPosition(3, 2, 0.1, {"loss": math.inf, "accuracy": 0.5}, 1.5, 77, True)
    before.lowering.best, before.lowering.waited = 0.25, 1
    before.best.offer(2, {"val_loss": 0.25}, list)
    after, weights, said = progress(), [np.ones(2)], np.zeros((1, 2))
    after.restore(json.loads(json.dumps(plain(before.state()))), weights, said)
    assert after.position == before.position and after.lowering == before.lowering
    assert (after.best.epoch, after.best.value) == (2, 0.25)
    assert after.best.weights is weights and after.best.validated is said and after.stopping is None


def test_the_next_epoch_begins_with_nothing_done():
    position = TrainingPosition(3, 2, 0.1, {"loss": 1.0}, 1.5, 77)
    position.begin_next_epoch()
    assert position == TrainingPosition(4, 0, 0.1)


def test_the_stopwatch_counts_on_from_before_an_interruption():
    assert Stopwatch(100.0).seconds >= 100 > Stopwatch().seconds
