"""The baseline: what it sees, what it cannot see, and that it is a logistic regression."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.datasets.splits import draw_split
from cnnlab.training.baseline import MOST_CLASSES, baseline_figures, fit, image_statistics
from tests.sample_configs import MINIMAL, loaded


def tinted(n: int, seed: int, brighter: int = 60) -> Split:
    """Noise; images of class 1 are brighter in their first channel."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n, dtype=np.int64) % 2
    images = rng.integers(0, 120, (n, 8, 8, 3))
    images[..., 0] += brighter * labels[:, None, None]
    return Split(images.astype(np.uint8), labels)


def splits_of(train: Split, test: Split, classes: int = 2):
    info = DatasetInfo((8, 8, 3), tuple(map(str, range(classes))))
    data = Dataset("d", "D", info, train, None, test, source="")
    return draw_split(data, train_size=None, validation_fraction=0.25, rng=np.random.default_rng(0))


@pytest.fixture
def config(tmp_path):
    return loaded(tmp_path, MINIMAL)


def figures(config, train: Split, test: Split, classes: int = 2):
    return baseline_figures(config, splits_of(train, test, classes), classes, lambda: None)


def test_it_tells_classes_of_unlike_colour_and_not_those_that_differ_in_where_things_lie(config):
    found = figures(config, tinted(200, 0), tinted(100, 1))
    assert set(found) == {"validation", "test"}
    assert found["test"]["accuracy"] > 0.97 and found["test"]["auc"] > 0.99
    placed = [Split(s.images.copy(), s.labels) for s in (tinted(200, 2, 0), tinted(100, 3, 0))]
    for split in placed:  # a white square above, or the same below
        split.images[split.labels == 0, 1:3, 1:3] = 255
        split.images[split.labels == 1, 5:7, 5:7] = 255
    assert 0.3 < figures(config, *placed)["test"]["auc"] < 0.7


def test_none_where_it_is_switched_off_or_makes_no_sense(config, tmp_path):
    off = loaded(tmp_path, MINIMAL, "evaluation.baseline=false")
    assert figures(off, tinted(40, 0), tinted(40, 1)) == {}
    assert figures(config, tinted(40, 0), tinted(40, 1), classes=MOST_CLASSES + 1) == {}
    one = Split(tinted(40, 0).images, np.zeros(40, np.int64))
    assert figures(config, one, tinted(40, 1)) == {}
    hidden = Split(tinted(40, 1).images, None)
    assert set(figures(config, tinted(40, 0), hidden)) == {"validation"}


@pytest.mark.parametrize("shape", [(9, 7, 1), (8, 8, 3), (1, 1, 3), (2, 5, 1)])
def test_statistics_are_what_they_are_called(shape):
    images = np.random.default_rng(1).integers(0, 256, (5, *shape), dtype=np.uint8)
    found = image_statistics(Split(images, None))
    channels = shape[2]
    assert found.shape == (5, 13 * channels + channels * (channels - 1) // 2) and np.isfinite(found).all()
    pixels = images.astype(np.float64)
    np.testing.assert_allclose(found[:, :channels], pixels.mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(found[:, channels : 2 * channels], pixels.std(axis=(1, 2)), rtol=1e-4)
    at = 7 * channels  # the first of the differences: neighbours, down
    down = np.abs(np.diff(pixels, axis=1)).mean(axis=(1, 2)) if shape[0] > 1 else np.zeros((5, channels))
    np.testing.assert_allclose(found[:, at : at + channels], down, rtol=1e-5)


def test_streamed_blocks_give_the_statistics_of_the_whole(monkeypatch):
    images = np.random.default_rng(2).integers(0, 256, (23, 6, 5, 3), dtype=np.uint8)
    whole = image_statistics(Split(images, None))
    monkeypatch.setattr("cnnlab.training.baseline.BLOCK_BYTES", 4 * images[0].size)
    np.testing.assert_array_equal(image_statistics(Split(images, None)), whole)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_at_the_minimum_the_gradient_of_the_penalised_likelihood_is_zero(seed, classes):
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(3.0, 2.0, (60, 5)), rng.integers(0, classes, 60)
    p = fit(x, labels, classes)(x)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    residuals = np.eye(classes)[labels] - p
    np.testing.assert_allclose(
        residuals.sum(axis=0), 0, atol=0.01
    )  # the free intercept: mean probabilities are shares


@pytest.mark.parametrize(("classes", "strength"), [(2, 2.0), (3, 1.0)])  # of two: one vector of weights there
def test_it_agrees_with_scikit_learn(classes, strength):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    x, y = image_statistics(tinted(200, 0, 8)), image_statistics(tinted(100, 1, 8))
    labels, scale = np.arange(200) * 7 % 11 % classes, StandardScaler().fit(x)
    theirs = LogisticRegression(C=strength, max_iter=5000, tol=1e-6).fit(scale.transform(x), labels)
    np.testing.assert_allclose(
        fit(x, labels, classes)(y), theirs.predict_proba(scale.transform(y)), atol=0.01
    )
