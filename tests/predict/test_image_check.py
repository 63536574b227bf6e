"""Whether images suit a network: the crop that is cut, and what is refused."""

import numpy as np
import pytest

from cnnlab.errors import DataError
from cnnlab.predict.image_check import Expected, check_images

RGB, GRAY = Expected((32, 32, 3), crop=32), Expected((28, 28, 1))


def test_what_a_runs_config_says_of_its_images():
    data = {"crop": 32, "image_size": [40, 48], "color": "rgb"}
    assert Expected.of_run({"data": data}, (32, 32, 3)) == Expected((32, 32, 3), 32, (40, 48), "rgb")
    damaged = {"crop": "x", "image_size": [0, 1], "color": "blue"}
    for config in ({"data": damaged}, {"data": None}, {}):
        assert Expected.of_run(config, (32, 32, 3)) == Expected((32, 32, 3))


def test_larger_squares_are_cut_as_for_training():
    for shape, crop in (((2, 96, 96, 3), 32), ((2, 32, 32, 3), None)):
        assert check_images("x", np.zeros(shape, np.uint8), RGB) == crop
    for shape in ((2, 28, 28), (2, 28, 28, 1)):
        assert check_images("x", np.zeros(shape, np.uint8), GRAY) is None


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (np.zeros((0, 28, 28), np.uint8), "has shape (0, 28, 28), expected (n, 28, 28, 1), n at least 1."),
        (np.zeros((2, 1, 28, 28), np.uint8), "channels first"),
        (np.zeros((2, 30, 30), np.uint8), "holds images of 30x30x1, the network takes 28x28x1"),
        (np.full((2, 28, 28), 0.5), "These look divided by 255"),
        (np.full((2, 28, 28), -0.5), "These look scaled to [-1, 1]"),
        (np.full((2, 28, 28), 77.0), "If all are such numbers, store x.round()"),
        (np.full((2, 28, 28), 1e4), "store the original bytes."),
        (np.full((2, 28, 28), np.nan), "some are not finite."),
        (np.full((2, 28, 28), "a"), "expected uint8"),
    ],
)
def test_what_the_network_does_not_take(images, said):
    with pytest.raises(DataError, match=r"^x ") as caught:
        check_images("x", images, GRAY)
    assert said in str(caught.value)
