# Forward pass of a convolutional network with NumPy, one image at a time
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def activation(x, activation):
    if activation == 'linear':
        return x
    elif activation == 'relu':
        return np.maximum(x, 0)
    elif activation == 'sigmoid':
        return 1 / (1 + np.exp(-x))
    elif activation == 'softmax':
        e = np.exp(x - np.max(x))
        return e / np.sum(e)
    else:
        raise ValueError('unknown activation: ' + str(activation))


def conv2d_layer(h, W, b, act):
    kh, kw = W.shape[:2]
    top, left = (kh - 1) // 2, (kw - 1) // 2
    padded = np.pad(h, ((top, kh - 1 - top), (left, kw - 1 - left), (0, 0)))
    # all patches at once: (height, width, channels in, kernel height, kernel width)
    patches = sliding_window_view(padded, (kh, kw), axis=(0, 1))
    z = np.tensordot(patches, W, axes=([3, 4, 2], [0, 1, 2])) + b
    return activation(z, act)


def pool2d_layer(h):
    H, W, C = h.shape
    blocks = h[:H // 2 * 2, :W // 2 * 2].reshape(H // 2, 2, W // 2, 2, C)
    return blocks.max(axis=(1, 3))


def flatten_layer(h):
    return h.reshape(-1)


def dense_layer(h, W, b, act):
    z = W @ h.ravel() + b.ravel()
    return activation(z, act)


def cross_entropy(p, y_oh):
    return -np.mean(np.sum(y_oh * np.log(np.clip(p, 1e-12, 1)), axis=1))


def accuracy(p, y):
    return 100 * np.mean(np.argmax(p, axis=1) == y)


class CNN:
    def __init__(self, dataset, verbose=True):
        self.dataset = dataset
        self.verbose = verbose
        if verbose:
            print('Created a CNN for %d classes' % dataset.K)

    def setup_model(self, W, b, lname, activation='relu'):
        self.W = W
        self.b = b
        self.lname = lname
        self.activation = activation
        self.N = sum(np.size(w) for w in W) + sum(np.size(v) for v in b)
        print('Number of weights: %d' % self.N)

    def feedforward_sample(self, h):
        last = len(self.lname) - 1
        for l, name in enumerate(self.lname):
            act = 'softmax' if l == last else self.activation
            if name == 'conv':
                h = conv2d_layer(h, self.W[l], self.b[l], act)
            elif name == 'pool':
                h = pool2d_layer(h)
            elif name == 'flatten':
                h = flatten_layer(h)
            elif name == 'dense':
                h = dense_layer(h, self.W[l], self.b[l], act)
        return h

    def feedforward(self, x):
        return np.array([self.feedforward_sample(image).ravel() for image in x])

    def evaluate(self):
        data = self.dataset
        p_train = self.feedforward(data.x_train)
        p_test = self.feedforward(data.x_test)
        train_loss = cross_entropy(p_train, data.y_train_oh)
        train_accuracy = accuracy(p_train, data.y_train)
        test_loss = cross_entropy(p_test, data.y_test_oh)
        test_accuracy = accuracy(p_test, data.y_test)
        print('Train loss: %.4f' % train_loss)
        print('Train accuracy: %.2f' % train_accuracy)
        print('Test loss: %.4f' % test_loss)
        print('Test accuracy: %.2f' % test_accuracy)
