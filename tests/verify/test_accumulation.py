"""How many terms are summed for one number, by hand for each kind of layer. No Keras."""

import numpy as np
import pytest

from cnnlab.numpy_cnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    Softmax,
)
from cnnlab.verify.accumulation import Terms, count_terms

IMAGES, SMALLER = (4, 8, 8, 3), (4, 6, 6, 5)
BATCH_NORM = BatchNormalization(moving_mean=np.zeros(3), moving_variance=np.ones(3))


@pytest.mark.parametrize(
    ("layer", "x_shape", "y_shape", "expected"),
    [
        (Conv2D(np.zeros((3, 3, 3, 5))), IMAGES, SMALLER, Terms(3 * 3 * 3, 3 * 3 * 5, 4 * 6 * 6)),
        (Dense(np.zeros((12, 5))), (4, 12), (4, 5), Terms(12, 5, 4)),
        (AveragePooling2D((2, 3)), IMAGES, (4, 4, 2, 3), Terms(6, 6)),
        (MaxPooling2D((2, 2)), IMAGES, (4, 4, 4, 3), Terms(1, 4)),
        (GlobalAveragePooling2D(), IMAGES, (4, 3), Terms(64, 1)),
        (Softmax(), (4, 10), (4, 10), Terms(10, 10)),
        (ReLU(), IMAGES, IMAGES, Terms(1, 1)),
        (BATCH_NORM, IMAGES, IMAGES, Terms(1, 1, 4 * 8 * 8)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_terms_of_one_layer(layer, x_shape, y_shape, expected):
    assert count_terms([layer], x_shape, y_shape) == expected


def test_in_training_batch_normalization_sums_over_all_places_for_mean_and_variance():
    assert count_terms([BATCH_NORM], IMAGES, IMAGES, training=True) == Terms(256, 256, 256)


def test_lengths_add_up_through_layers_and_the_longest_sum_of_a_weight_counts():
    assert Terms(1, 2, 30) + Terms(10, 20, 3) == Terms(11, 22, 30)
    assert count_terms([Dense(np.zeros((12, 5))), Softmax()], (4, 12), (4, 5)) == Terms(17, 10, 4)
    assert count_terms([], IMAGES, IMAGES) == Terms()
