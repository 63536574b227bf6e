"""Maps of networks whose answer is known: they show what decides, and nothing else."""

import numpy as np
import pytest

from cnnlab.numpy_cnn import Network, Node
from cnnlab.numpy_cnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Normalization,
    ReLU,
    Rescaling,
    Softmax,
)
from cnnlab.predict.maps import (
    GRAD_CAM,
    HIRES_CAM,
    central_share,
    grad_cam,
    last_feature_map,
    log_odds,
    log_probabilities,
    occlusion,
    rank_correlation,
    resized,
    scores_of,
    with_random_weights,
)

SIDE, CORNER = 32, 12


def corner_classifier(rows: slice, columns: slice) -> Network:
    """Class 1 where the pixels of one corner are bright, whatever the rest of the image is."""
    decides = np.zeros((SIDE, SIDE, 1))
    decides[rows, columns] = 0.2
    kernel = np.concatenate([-decides.reshape(-1, 1), decides.reshape(-1, 1)], axis=1)
    layers = {
        "scale": Rescaling(np.float32(1 / 255), np.float32(0)),
        "conv": Conv2D(np.ones((1, 1, 1, 1), np.float32), np.zeros(1, np.float32), padding="same"),
        "relu": ReLU(),
        "flatten": Flatten(),
        "classifier": Dense(kernel.astype(np.float32), np.array([7, -7], np.float32)),
        "softmax": Softmax(),
    }
    return Network.sequential(layers)


def shares(maps: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """The share of each map's positive values within a part of the image."""
    relevance = np.maximum(maps, 0)
    return relevance[:, rows, columns].sum(axis=(1, 2)) / relevance.sum(axis=(1, 2))


@pytest.mark.parametrize("rows", [slice(0, CORNER), slice(SIDE - CORNER, SIDE)])
@pytest.mark.parametrize("columns", [slice(0, CORNER), slice(SIDE - CORNER, SIDE)])
def test_a_classifier_that_looks_at_one_corner_is_found_out(rows, columns):
    """By both maps, and not by one of another corner, nor by Grad-CAM's mean gradient."""
    network = corner_classifier(rows, columns)
    images = np.random.default_rng(0).integers(0, 200, (3, SIDE, SIDE, 1)).astype(np.uint8)
    images[:, rows, columns] //= 4
    images[:, rows, columns] += 200
    classes = network.predict(images).argmax(axis=1)
    assert set(classes) == {1}
    node = last_feature_map(network, (SIDE, SIDE, 1))
    assert node == "relu"
    found = grad_cam(network, images, classes, node)
    assert found.method == HIRES_CAM
    assert shares(found.maps, rows, columns).min() > 0.999
    covered = occlusion(scores_of(network), images, classes)
    width = SIDE // 8 // 2  # a covering square reaches beyond the corner by half of its side
    wider = [slice(max(0, part.start - width), min(SIDE, part.stop + width)) for part in (rows, columns)]
    assert shares(covered, rows, columns).min() > 0.7
    assert shares(covered, *wider).min() > 0.95
    for maps in (found.maps, covered):
        assert shares(maps[:, ::-1], rows, columns).max() < 0.05
    features, gradient = network.score_gradients(images, classes=classes, nodes=[node])[node]
    averaged = np.maximum((gradient.mean(axis=(1, 2), keepdims=True) * features).sum(axis=-1), 0)
    assert shares(averaged, rows, columns).max() < 0.3


def test_grad_cam_of_a_tiny_network_by_hand():
    """Two channels a and 2a, of weights 3 and -1 after their mean over 4 places: (3a - 2a) / 4, resized, and no less
    than 0."""
    kernel = np.array([1.0, 2.0], np.float32).reshape(1, 1, 1, 2)
    network = Network.sequential(
        {
            "conv": Conv2D(kernel, np.zeros(2, np.float32), strides=(2, 2)),
            "mean": GlobalAveragePooling2D(),
            "classifier": Dense(np.array([[3.0, 0.0], [-1.0, 0.0]], np.float32), np.zeros(2, np.float32)),
            "softmax": Softmax(),
        }
    )
    image = np.zeros((1, 4, 4, 1), np.float32)
    image[0, ::2, ::2, 0] = [[4, 8], [-4, 0]]
    found = grad_cam(network, image, np.array([0]), "conv")
    assert found.method == GRAD_CAM
    expected = [[1, 1.25, 1.75, 2], [0.75, 0.9375, 1.3125, 1.5], [0.25, 0.3125, 0.4375, 0.5], [0, 0, 0, 0]]
    np.testing.assert_allclose(found.maps[0], expected, rtol=1e-6)
    assert not grad_cam(network, image, np.array([1]), "conv").maps.any()


def test_occlusion_by_hand():
    """Of an image of 8x8 pixels the squares are single pixels, and the mean colour stands for each."""
    image = np.zeros((1, 8, 8, 1), np.uint8)
    image[0, 2, 5] = 64  # the mean is 1

    def scores(x: np.ndarray) -> np.ndarray:
        return np.stack([x[:, 0, 0, 0] * 0, x[:, 2, 5, 0] / 64], axis=1)

    expected = np.zeros((8, 8))
    expected[2, 5] = 1 - 1 / 64
    np.testing.assert_allclose(occlusion(scores, image, np.array([1]))[0], expected)
    np.testing.assert_allclose(occlusion(scores, image, np.array([0]))[0], -expected)


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (17, 30), (100, 7)])
def test_every_pixel_is_covered_whatever_the_size(shape):
    constant = occlusion(lambda x: np.zeros((len(x), 2)), np.ones((1, *shape, 1)), np.array([0]))
    np.testing.assert_array_equal(constant, np.zeros((1, *shape)))  # nan where no square lay


def test_scores_are_what_a_softmax_makes_probabilities_of():
    """Where the softmax is a node of its own, joined to the last one, or missing."""
    network = corner_classifier(slice(0, CORNER), slice(0, CORNER))
    images = np.random.default_rng(0).integers(0, 80, (4, SIDE, SIDE, 1)).astype(np.float32)
    p = network.predict(images)
    joined = Network(
        [*network.nodes[:-2], Node("classifier", (network.nodes[-2].layers[0], Softmax()), ("flatten",))]
    )
    bare = Network(network.nodes[:-1])
    for each in (network, joined):
        np.testing.assert_allclose(scores_of(each)(images), bare.predict(images), rtol=1e-6)
    odds = np.log(p[:, 1] / (1 - p[:, 1]))
    np.testing.assert_allclose(log_odds(scores_of(network)(images), 1), odds, rtol=1e-4)
    np.testing.assert_allclose(log_odds(log_probabilities(network.predict)(images), 1), odds, rtol=1e-4)


def test_without_a_convolution_there_are_no_features_with_places():
    dense = Dense(np.ones((4, 2), np.float32), np.zeros(2, np.float32))
    network = Network.sequential(
        {"scale": Rescaling(np.float32(1), np.float32(0)), "flatten": Flatten(), "dense": dense}
    )
    assert last_feature_map(network, (2, 2, 1)) is None


def test_resizing_keeps_a_slope_and_a_constant():
    maps = np.stack([np.full((2, 2), 3.0), np.array([[0.0, 1.0], [0.0, 1.0]])])
    found = resized(maps, (4, 8))
    np.testing.assert_allclose(found[0], 3)
    np.testing.assert_allclose(found[1], [[0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]] * 4)
    np.testing.assert_array_equal(resized(maps, (2, 2)), maps)


def test_rank_correlation():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    maps, others = rng.integers(0, 5, (2, 3, 6, 7)).astype(float)
    np.testing.assert_allclose(rank_correlation(maps, maps), 1)
    np.testing.assert_allclose(rank_correlation(maps, -maps), -1)
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(maps, others, strict=True)]
    np.testing.assert_allclose(rank_correlation(maps, others), expected)
    assert np.isnan(rank_correlation(maps, np.ones_like(maps))).all()


def test_the_share_of_the_centre():
    maps = np.ones((3, 8, 8))
    maps[1, 2:6, 2:6] = -1
    maps[2] = 0
    np.testing.assert_array_equal(central_share(maps, 4), [0.25, 0, np.nan])


def test_a_random_network_has_fresh_weights_and_the_same_standardization():
    """Kernels of variance 2 / inputs, neutral batch norm; the network that was given stays as it was."""
    ones = np.ones(64, np.float32)
    network = Network.sequential(
        {
            "standard": Normalization(np.full(32, 5, np.float32), np.full(32, 9, np.float32)),
            "conv": Conv2D(np.ones((3, 3, 32, 64), np.float32), ones.copy(), padding="same"),
            "norm": BatchNormalization(
                gamma=3 * ones, beta=ones, moving_mean=4 * ones, moving_variance=5 * ones
            ),
        }
    )
    kept = {name: weight.copy() for name, weight in network.weights().items()}
    fresh = with_random_weights(network, 0).weights()
    assert fresh["conv/kernel"].std() == pytest.approx(np.sqrt(2 / (9 * 32)), rel=0.02)
    for name, value in {"gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1}.items():
        assert (fresh[f"norm/{name}"] == value).all()
    assert not fresh["conv/bias"].any() and fresh["conv/kernel"].dtype == np.float32
    for name, weight in network.weights().items():
        np.testing.assert_array_equal(weight, kept[name])
        if name.startswith("standard"):
            np.testing.assert_array_equal(fresh[name], weight)
    again = with_random_weights(network, 0).weights()["conv/kernel"]
    np.testing.assert_array_equal(again, fresh["conv/kernel"])
    assert (with_random_weights(network, 1).weights()["conv/kernel"] != again).all()
