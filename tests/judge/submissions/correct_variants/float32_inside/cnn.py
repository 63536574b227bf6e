import numpy as np
from numpy import float32 as f32


def activation(x, activation):
    x = np.asarray(x, dtype=f32)
    if activation == 'linear':
        return x
    elif activation == 'relu':
        return np.maximum(x, f32(0))
    elif activation == 'sigmoid':
        return f32(1) / (f32(1) + np.exp(-np.clip(x, -80, 80)))
    elif activation == 'softmax':
        x = np.exp(x - np.amax(x))
        return x / x.sum()
    else:
        print('ERROR: activation', activation)


def conv2d_layer(h, W, b, act):
    h, W, b = h.astype('float32'), W.astype('float32'), b.astype('float32')
    a, c = W.shape[0], W.shape[1]
    padded = np.pad(h, [((a - 1) // 2, a // 2), ((c - 1) // 2, c // 2), (0, 0)])
    s = padded.strides
    windows = np.lib.stride_tricks.as_strided(
        padded, shape=(h.shape[0], h.shape[1], a, c, h.shape[2]), strides=(s[0], s[1], s[0], s[1], s[2]))
    return activation(np.einsum('ijmnc,mnck->ijk', windows, W) + b, act)


def pool2d_layer(h):
    a = np.maximum(h[:-1:2], h[1::2])
    return np.maximum(a[:, :-1:2], a[:, 1::2])


def flatten_layer(h):
    return np.concatenate([row.ravel() for row in h])


def dense_layer(h, W, b, act):
    h, W, b = np.asarray(h, f32), np.asarray(W, f32), np.asarray(b, f32)
    return activation((W * h.reshape(1, -1)).sum(axis=1) + b.reshape(-1), act)


class CNN:

    def __init__(self, dataset, verbose=True):
        self.dataset = dataset
        self.verbose = verbose

    def setup_model(self, W, b, lname, activation='relu'):
        self.W, self.b = list(W), list(b)
        self.lname = list(lname)
        self.act = [activation] * (len(lname) - 1) + ['softmax']
        self.N = np.int64(0)
        for i in range(len(lname)):
            self.N += np.size(W[i])
            self.N += np.size(b[i])
        if self.verbose:
            print('Total number of weights: {:,}'.format(self.N))

    def feedforward_sample(self, h):
        for kind, W, b, act in zip(self.lname, self.W, self.b, self.act):
            if kind == 'conv': h = conv2d_layer(h, W, b, act)
            if kind == 'pool': h = pool2d_layer(h)
            if kind == 'flatten': h = flatten_layer(h)
            if kind == 'dense': h = dense_layer(h, W, b, act)
        return h

    def feedforward(self, x):
        out = np.empty((len(x), self.dataset.K), dtype='float32')
        for i, image in enumerate(x):
            out[i] = self.feedforward_sample(image)
        return out

    def evaluate(self):
        if not self.verbose:
            return
        d = self.dataset
        results = []
        for x, y in ((d.x_train, d.y_train), (d.x_test, d.y_test)):
            p = self.feedforward(x)
            right = p[range(len(y)), y]
            results.append(float(np.mean(-np.log(np.maximum(right, f32(1e-30))))))
            results.append(float(np.mean(p.argmax(axis=1) == y)) * 100)
        names = 'Train loss', 'Train accuracy', 'Test loss', 'Test accuracy'
        print('=' * 40)
        for n, r in zip(names, results):
            print(f'{n:<16}: {r:>10.4f}')
        print('=' * 40)
        return results
