"""The interface once more, computed in a third way: what the self-checks hold the submissions against."""

import numpy as np
from scipy import ndimage
from scipy.special import expit, softmax


def activation(x, activation):
    """One of the four activations of a vector or an image."""
    return {
        "linear": lambda: np.array(x),
        "relu": lambda: np.clip(x, 0, None),
        "sigmoid": lambda: expit(x),
        "softmax": lambda: softmax(x),
    }[activation]()


def conv2d_layer(h, W, b, act):
    """Cross-correlation with zeros around the image; an even kernel is centred as Keras does."""
    origins = [-((size + 1) % 2) for size in W.shape[:2]]
    sums = [
        sum(
            ndimage.correlate(h[:, :, i], W[:, :, i, o], mode="constant", origin=origins)
            for i in range(h.shape[2])
        )
        for o in range(W.shape[3])
    ]
    return activation(np.stack(sums, axis=2) + b, act)


def pool2d_layer(h):
    """The maximum of each 2x2 window, an odd last row or column dropped."""
    height, width = h.shape[0] // 2 * 2, h.shape[1] // 2 * 2
    return np.max([h[i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)], axis=0)


def flatten_layer(h):
    """Row-major."""
    return np.array(list(np.array(h).flat))


def dense_layer(h, W, b, act):
    """Matrix times vector plus bias."""
    return activation(np.einsum("oi,i->o", W, np.squeeze(h)) + np.reshape(b, -1), act)


class CNN:
    """The network."""

    def __init__(self, dataset, verbose=True):
        """Keep the data set."""
        self.dataset = dataset

    def setup_model(self, W, b, lname, activation="relu"):
        """Keep the weights and count them."""
        self.layers, self.hidden = list(zip(lname, W, b, strict=True)), activation
        self.N = int(sum(np.prod(np.shape(array)) for array in (*W, *b) if np.ndim(array) and len(array)))

    def feedforward_sample(self, h):
        """One image through all layers."""
        for index, (name, W, b) in enumerate(self.layers):
            act = "softmax" if index + 1 == len(self.layers) else self.hidden
            match name:
                case "conv":
                    h = conv2d_layer(h, W, b, act)
                case "pool":
                    h = pool2d_layer(h)
                case "flatten":
                    h = flatten_layer(h)
                case "dense":
                    h = dense_layer(h, W, b, act)
        return h

    def feedforward(self, x):
        """All images through all layers: (n, K)."""
        return np.stack([self.feedforward_sample(image) for image in x])

    def evaluate(self):
        """Print loss and accuracy of the training and the test set."""
        for name in ("train", "test"):
            labels = getattr(self.dataset, f"y_{name}")
            probabilities = self.feedforward(getattr(self.dataset, f"x_{name}"))
            right = probabilities[np.arange(len(labels)), labels]
            print(f"{name.title()} loss: {np.log(1 / np.maximum(right, 1e-12)).mean():.4f}")
            print(f"{name.title()} accuracy: {100 * (probabilities.argmax(1) == labels).mean():.2f}")
