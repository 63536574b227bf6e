"""What happens between epochs, decided without Keras."""

import math

import pytest

from cnnlab.training.rules import BestEpoch, LossNotFinite, Patience, improves, require_finite


def test_losses_fall_and_the_rest_rises():
    assert improves("val_loss", 0.4, 0.5) and not improves("val_loss", 0.5, 0.5)
    assert improves("val_accuracy", 0.6, 0.5) and not improves("val_accuracy", 0.5, 0.5)
    assert improves("val_loss", 9.0, None) and not improves("val_loss", math.nan, None)
    assert not improves("val_auc", 0.55, 0.5, min_delta=0.1)
    assert not improves("val_loss", math.inf, None)


def test_patience_counts_validations_without_an_improvement():
    rule = Patience("val_loss", patience=2)
    values = [0.5, 0.6, None, 0.4, math.nan, 0.4]
    assert [rule.exhausted({"val_loss": value}) for value in values] == [False] * 5 + [True]
    assert (rule.best, rule.waited) == (0.4, 2)


def test_an_undefined_figure_neither_improves_nor_wears_patience_out():
    rule = Patience("val_auc", patience=2)
    values = [math.nan, math.nan, math.nan, 0.5, math.nan, 0.4, math.nan, 0.4]
    assert [rule.exhausted({"val_auc": value}) for value in values] == [False] * 7 + [True]
    best = BestEpoch("val_auc")
    for epoch, value in enumerate([math.nan, 0.2, math.nan], start=1):
        best.offer(epoch, {"val_auc": value}, list)
    assert (best.epoch, best.value) == (2, 0.2)


def test_the_best_epoch_keeps_its_weights_and_asks_for_no_others():
    best, asked = BestEpoch("val_accuracy"), []

    def weights():
        asked.append(len(asked))
        return [len(asked)]

    for epoch, value in enumerate([None, 0.5, 0.4, 0.6, 0.6], start=1):
        best.offer(epoch, {"val_accuracy": value}, weights, validated=epoch)
    assert (best.epoch, best.value, best.weights, best.validated) == (4, 0.6, [2], 4)
    assert len(asked) == 2


def test_a_loss_that_is_not_finite_names_epoch_step_and_way_out():
    require_finite(3, 1, 2.0, 0.1)
    with pytest.raises(LossNotFinite, match=r"became nan in epoch 3, step 7: .* \(it was 0\.1\)"):
        require_finite(3, 7, math.nan, 0.1)
