import numpy as np
from scipy.signal import convolve2d
from scipy.special import log_softmax, softmax, expit
import skimage.measure


def activation(x, activation):
    functions = {'linear': lambda v: v, 'relu': lambda v: np.maximum(0, v), 'sigmoid': expit, 'softmax': softmax}
    return functions[activation](x)


def conv2d_layer(h, W, b, act):
    maps = []
    for k in range(W.shape[-1]):
        # scipy turns the kernel, so turn it back first
        planes = [convolve2d(h[:, :, c], np.flip(W[:, :, c, k]), mode='same') for c in range(h.shape[-1])]
        maps.append(np.sum(planes, axis=0))
    bias = np.reshape(b, (1, 1, -1))
    return activation(np.dstack(maps) + bias, act)


def pool2d_layer(h):
    return skimage.measure.block_reduce(h, block_size=(2, 2, 1), func=np.max, cval=-np.inf)


def flatten_layer(h):
    return np.ravel(h, order='C')


def dense_layer(h, W, b, act):
    return activation(np.squeeze(np.matmul(W, np.reshape(h, (-1, 1))) + np.reshape(b, (-1, 1)), axis=1), act)


class CNN:
    def __init__(self, dataset, verbose=True):
        self.data = dataset
        self.verbose = verbose and dataset.verbose

    def log(self, *words):
        if self.verbose:
            print(*words)

    def setup_model(self, W, b, lname, activation='relu'):
        self.layers = [dict(kind=k, W=np.asarray(w), b=np.asarray(v)) for k, w, v in zip(lname, W, b)]
        self.hidden = activation
        self.log('weights:', self.N)

    @property
    def N(self):
        return sum(layer['W'].size + layer['b'].size for layer in self.layers)

    def apply(self, layer, h, act):
        if layer['kind'] == 'conv':
            return conv2d_layer(h, layer['W'], layer['b'], act)
        if layer['kind'] == 'dense':
            return dense_layer(h, layer['W'], layer['b'], act)
        return {'pool': pool2d_layer, 'flatten': flatten_layer}[layer['kind']](h)

    def logits(self, h):
        for layer in self.layers[:-1]:
            h = self.apply(layer, h, self.hidden)
        return self.apply(self.layers[-1], h, 'linear')

    def feedforward_sample(self, h):
        return activation(self.logits(h), 'softmax')

    def feedforward(self, x):
        return np.array(list(map(self.feedforward_sample, x)))

    def evaluate(self):
        lines = []
        for part in ['train', 'test']:
            x, y = getattr(self.data, 'x_' + part), getattr(self.data, 'y_' + part + '_oh')
            z = np.array([self.logits(image) for image in x])
            lines += [part.capitalize() + '   loss :  %.6f' % np.mean(-np.sum(y * log_softmax(z, axis=1), axis=1))]
            lines += [part.capitalize() + ' accuracy :  %.4f' % (100 * np.mean(np.argmax(z, 1) == np.argmax(y, 1)))]
        self.log('\n'.join(lines))
