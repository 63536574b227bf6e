"""Small examples with whole numbers, worked out by hand."""

import numpy as np

from cnnlab.numpy_cnn.fast import batch_last, infer
from cnnlab.numpy_cnn.layers import (
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Softmax,
)


def image(*rows):
    """One image with one channel: ``(1, height, width, 1)``."""
    return np.array(rows, np.float64)[np.newaxis, :, :, np.newaxis]


def check(y, expected):
    np.testing.assert_array_equal(y, np.array(expected, np.float64).reshape(y.shape))


def test_convolution():
    layer = Conv2D(image([1, 0], [0, -1]).reshape(2, 2, 1, 1), np.array([10.0]))
    check(layer.forward(image([1, 2, 3], [4, 5, 6], [7, 8, 10])), [[6, 6], [6, 5]])  # 1 - 5 + 10 = 6, ...
    (dx,) = layer.backward(image([1, 0], [2, 3]))
    check(dx, [[1, 0, 0], [2, 2, 0], [0, -2, -3]])
    check(layer.gradients["kernel"], [[1 + 8 + 15, 2 + 10 + 18], [4 + 14 + 24, 5 + 16 + 30]])
    check(layer.gradients["bias"], [6])


def test_convolution_same_with_stride_two_pads_an_even_size_only_after_the_image():
    layer = Conv2D(np.arange(1.0, 10).reshape(3, 3, 1, 1), strides=(2, 2), padding="same")
    y = layer.forward(image(*np.eye(4)))
    check(y, [[1 + 5 + 9, 0 + 7], [3, 1 + 5]])  # the windows begin at rows and columns 0 and 2


def test_convolution_same_with_an_even_kernel_pads_only_after_the_image():
    layer = Conv2D(np.ones((2, 2, 1, 1)), padding="same")
    check(layer.forward(image([1, 2], [3, 4])), [[10, 6], [7, 4]])


def test_dense():
    layer = Dense(np.array([[1.0, 2], [3, 4]]), np.array([5.0, 6]))
    check(layer.forward(np.array([[1.0, -1], [2, 0]])), [[3, 4], [7, 10]])
    (dx,) = layer.backward(np.array([[1.0, 0], [1, 1]]))
    check(dx, [[1, 3], [3, 7]])
    check(layer.gradients["kernel"], [[3, 2], [-1, 0]])
    check(layer.gradients["bias"], [2, 1])


def test_max_pooling_gives_a_tie_to_the_first_maximum():
    layer = MaxPooling2D()
    check(layer.forward(image([0, 0, 1, 2], [0, 0, 2, 2])), [[0, 2]])
    check(layer.backward(image([5, 7]))[0], [[5, 0, 0, 7], [0, 0, 0, 0]])


def test_max_pooling_adds_up_where_windows_overlap_and_never_picks_padding():
    layer = MaxPooling2D((2, 2), strides=(1, 1), padding="same")
    check(layer.forward(image([-1, -2], [-3, -4])), [[-1, -2], [-3, -4]])
    layer = MaxPooling2D((1, 2), strides=(1, 1))
    layer.forward(image([1, 3, 2]))
    check(layer.backward(image([5, 7]))[0], [[0, 12, 0]])


def test_average_pooling_counts_only_pixels_of_the_image():
    layer = AveragePooling2D((2, 2), strides=(1, 1), padding="same")
    check(layer.forward(image([4, 8], [12, 16])), [[10, 12], [14, 16]])
    check(layer.backward(image([4, 2], [2, 1]))[0], [[1, 2], [2, 4]])


def test_global_average_pooling():
    layer = GlobalAveragePooling2D()
    check(layer.forward(image([1, 2], [3, 6])), [3])
    check(layer.backward(np.array([[8.0]]))[0], [[2, 2], [2, 2]])


def test_flatten_has_the_channels_fastest():
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    layer = Flatten()
    check(layer.forward(x), np.arange(8))
    check(infer(layer, batch_last(x)), np.arange(8))
    check(layer.backward(np.arange(8.0).reshape(1, 8))[0], x)


def test_batch_normalization_uses_the_biased_variance_and_moves_the_statistics():
    layer = BatchNormalization(
        moving_mean=np.array([0.0]), moving_variance=np.array([1.0]), momentum=0.5, epsilon=0.0
    )
    check(layer.forward(np.array([[1.0], [3], [1], [3]]), training=True), [-1, 1, -1, 1])
    check(layer.weights["moving_mean"], [1])
    check(layer.weights["moving_variance"], [1])
    check(layer.backward(np.array([[4.0], [0], [0], [0]]))[0], [4 - 1 - 1, -1 + 1, -1 - 1, -1 + 1])


def test_merging():
    a, b = np.array([[1.0, 2]]), np.array([[3.0, 5]])
    add, concatenate = Add(), Concatenate()
    check(add.forward(a, b), [4, 7])
    check(add.backward(a)[1], [1, 2])
    check(concatenate.forward(a, b), [1, 2, 3, 5])
    check(concatenate.backward(np.array([[1.0, 2, 3, 4]]))[1], [3, 4])


def test_slopes_at_zero():
    for layer, slope in ((ReLU(), 0.0), (LeakyReLU(0.25), 0.25)):
        layer.forward(np.zeros((1, 1)))
        check(layer.backward(np.ones((1, 1)))[0], [slope])


def test_softmax_survives_large_logits():
    layer = Softmax()
    check(layer.forward(np.array([[1000.0, 1000.0, -1000.0]])), [0.5, 0.5, 0.0])
    check(layer.backward(np.array([[4.0, 0.0, 9.0]]))[0], [1, -1, 0])
