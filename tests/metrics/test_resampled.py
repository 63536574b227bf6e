"""Figures of resampled groups are those of the images, each as often as its group is taken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.metrics import figures_at_threshold, metric, resampled, two_class_figures
from cnnlab.metrics.likelihood import cross_entropy
from cnnlab.metrics.resampled import GroupedImages, resampled_figures
from tests.metrics.samples import made, names_for, predictions

THRESHOLD = ["accuracy_at_threshold", "sensitivity_at_threshold", "specificity_at_threshold"]
KEYS = [*metric, *THRESHOLD, "cross_entropy", "ece", "top_1", "mine"]
LEFT_OUT = {"auc_onehot", "top_k"}


@settings(max_examples=60)
@given(predictions(), st.integers(0, 2**32))
def test_every_metric_is_that_of_the_repeated_images(sample, seed):
    labels, p = sample
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 4, len(labels))
    times = rng.multinomial(4, np.full(4, 0.25), size=5)
    found = resampled_figures(GroupedImages(labels, p, groups, 0.4), times, KEYS)
    for resample, counts in enumerate(times):
        taken = np.repeat(np.arange(len(labels)), counts[groups])
        if not len(taken):
            assert all(
                np.isnan(values[resample]) for key, values in found.items() if not key.startswith("mat")
            )
            continue
        classes = p.shape[1]
        expected = {
            **{
                name: made(name, classes).value(labels[taken], p[taken])
                for name in set(names_for(classes)) - LEFT_OUT
            },
            "top_1": made("top_k", classes, k=1).value(labels[taken], p[taken]),
            "cross_entropy": cross_entropy(labels[taken], p[taken]),
        }
        expected |= figures_at_threshold(labels[taken], p[taken], 0.4) if classes == 2 else {}
        for key, value in expected.items():
            np.testing.assert_allclose(found[key][resample], value, rtol=1e-9, atol=1e-12, err_msg=key)


def test_each_figure_that_two_classes_always_have_is_there_but_two():
    labels, p = np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]])
    found = resampled_figures(GroupedImages(labels, p, labels), np.array([[1, 1]]), KEYS)
    assert set(two_class_figures(labels, p)) - set(found) == {"auc_onehot", "ece"}
    assert set(metric) - {*found, "top_k"} == {"auc_onehot"}


def test_what_would_take_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch):
    images = GroupedImages(np.array([0, 1]), np.eye(2), np.array([0, 1]))
    assert {"auc", "f1"} <= set(resampled_figures(images, np.array([[1, 1]]), KEYS))
    monkeypatch.setattr(resampled, "MOST_RANKED", 3)
    monkeypatch.setattr(resampled, "MOST_CLASSES", 1)
    assert not {"auc", "f1"} & set(resampled_figures(images, np.array([[1, 1]]), KEYS))
