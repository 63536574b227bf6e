"""An empty skeleton of the interface."""

from pathlib import Path

from cnnlab.errors import CnnlabError
from cnnlab.files import write_text

SKELETON = '''\
"""A convolutional network from scratch: one image at a time, NumPy and no deep learning library.

Fill in every function that raises NotImplementedError, and check as you go:

    cnnlab judge {name}
"""

import numpy as np  # noqa: F401


def activation(x, activation):
    """Return x, of any shape, after the activation 'linear', 'relu', 'sigmoid' or 'softmax'."""
    raise NotImplementedError


def conv2d_layer(h, W, b, act):
    """Return the convolution of one image, (height, width, channels out).

    h is (height, width, channels in), W is (kernel height, kernel width, channels in, channels out), b is
    (channels out,). The output is as large as the input, as with Keras' padding 'same'. act names an activation.
    """
    raise NotImplementedError


def pool2d_layer(h):
    """Return the maximum of each 2x2 window of h, (height // 2, width // 2, channels)."""
    raise NotImplementedError


def flatten_layer(h):
    """Return all numbers of h, (height, width, channels), as one vector, in the order that Keras has."""
    raise NotImplementedError


def dense_layer(h, W, b, act):
    """Return (out,) from h (in,), W (out, in) and b (out, 1)."""
    raise NotImplementedError


class CNN:
    """The network: weights that come from outside, and what it makes of images."""

    def __init__(self, dataset, verbose=True):
        """Keep the data set: x_train, y_train, y_train_oh (one-hot), the same for valid and test; K classes."""
        self.dataset = dataset
        self.verbose = verbose

    def setup_model(self, W, b, lname, activation='relu'):
        """Keep the weights, print how many there are, and store that number in self.N.

        W, b and lname have one entry for each layer; those of W and b are empty for 'pool' and 'flatten'.
        lname holds 'conv', 'pool', 'flatten' and 'dense'; activation is that of the hidden layers.
        """
        raise NotImplementedError

    def feedforward_sample(self, h):
        """Return the probabilities (K,) of one image; the last dense layer has the softmax."""
        raise NotImplementedError

    def feedforward(self, x):
        """Return the probabilities (n, K) of n images."""
        raise NotImplementedError

    def evaluate(self):
        """Print four lines: 'Train loss: ...', 'Train accuracy: ...', 'Test loss: ...', 'Test accuracy: ...'.

        The loss is the cross-entropy, the accuracy in percent.
        """
        raise NotImplementedError
'''


def write_template(path: Path) -> None:
    """Write the skeleton; an existing file is left alone (CnnlabError)."""
    if path.exists():
        raise CnnlabError(f"{path} exists already, and the template would replace it: give another name.")
    write_text(path, SKELETON.replace("{name}", path.name))
