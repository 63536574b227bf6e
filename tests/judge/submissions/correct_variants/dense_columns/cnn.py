import numpy as np
from scipy import signal

# everything after the flatten layer is a column (n, 1)

def activation(x, activation):
    if activation == 'relu':
        return x * (x > 0)
    if activation == 'sigmoid':
        return 1.0 / (1.0 + np.exp(-x))
    if activation == 'softmax':
        x = x - x.max()
        return np.exp(x) / np.exp(x).sum(axis=0)
    return x


def conv2d_layer(h, W, b, act):
    out = np.zeros(h.shape[:2] + (W.shape[3],))
    for k in range(W.shape[3]):
        for c in range(W.shape[2]):
            out[..., k] += signal.correlate2d(h[..., c], W[..., c, k], mode='same', boundary='fill', fillvalue=0)
        out[..., k] += b[k]
    return activation(out, act)


def pool2d_layer(h):
    r = h.shape[0] - h.shape[0] % 2
    c = h.shape[1] - h.shape[1] % 2
    h = h[:r, :c]
    return np.maximum(np.maximum(h[0::2, 0::2], h[1::2, 0::2]), np.maximum(h[0::2, 1::2], h[1::2, 1::2]))


def flatten_layer(h):
    return h.flatten()[:, np.newaxis]


def dense_layer(h, W, b, act):
    if h.ndim == 1:
        h = h[:, np.newaxis]
    return activation(np.dot(W, h) + b, act)      # (out, 1)


class CNN:
    def __init__(self, dataset, verbose=True):
        self.dataset, self.verbose = dataset, verbose
        print('dataset has', dataset.C, 'channels')

    def setup_model(self, W, b, lname, activation='relu'):
        self.W, self.b, self.lname, self.activation = W, b, lname, activation
        self.N = 0
        for w, bb in zip(W, b):
            self.N += np.prod(np.shape(w), dtype=int) if len(w) else 0
            self.N += np.prod(np.shape(bb), dtype=int) if len(bb) else 0
        print('#weights =', self.N)

    def feedforward_sample(self, h):
        for i in range(len(self.lname)):
            act = self.activation
            if i == len(self.lname) - 1:
                act = 'softmax'
            if self.lname[i] == 'conv':
                h = conv2d_layer(h, self.W[i], self.b[i], act)
            elif self.lname[i] == 'pool':
                h = pool2d_layer(h)
            elif self.lname[i] == 'flatten':
                h = flatten_layer(h)
            elif self.lname[i] == 'dense':
                h = dense_layer(h, self.W[i], self.b[i], act)
        return h

    def feedforward(self, x):
        y = np.zeros((x.shape[0], self.dataset.K))
        for i in range(x.shape[0]):
            y[i] = self.feedforward_sample(x[i])[:, 0]
        return y

    def evaluate(self):
        for name, x, y in (('Train', self.dataset.x_train, self.dataset.y_train_oh),
                           ('Test', self.dataset.x_test, self.dataset.y_test_oh)):
            p = self.feedforward(x)
            loss = -(y * np.log(p + 1e-15)).sum() / x.shape[0]
            acc = (p.argmax(1) == y.argmax(1)).sum() / x.shape[0]
            print(name + ' loss:', loss)
            print(name + ' accuracy:', acc * 100)
