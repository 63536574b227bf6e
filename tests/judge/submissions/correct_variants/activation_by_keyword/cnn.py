import numpy as np
from matplotlib import pyplot as plt
from scipy import signal

# the parameters have other names here, and functions call each other by keyword


def activation(values, kind='linear'):
    if kind == 'linear':
        result = values
    elif kind == 'relu':
        result = (values + np.abs(values)) / 2
    elif kind == 'sigmoid':
        result = 1 / (1 + np.exp(-values))
    elif kind == 'softmax':
        powers = np.exp(values - values.max())
        result = powers / powers.sum()
    else:
        raise NotImplementedError(kind)
    return result


def conv2d_layer(image, kernels, bias, act_fn='relu'):
    kh, kw, n_in, n_out = kernels.shape
    before = (kh - 1) // 2, (kw - 1) // 2
    image = np.pad(image, ((before[0], kh - 1 - before[0]), (before[1], kw - 1 - before[1]), (0, 0)))
    # correlate in three dimensions: the channel axis collapses to one
    maps = [signal.correlate(image, kernels[:, :, :, o], mode='valid', method='fft')[:, :, 0] for o in range(n_out)]
    return activation(kind=act_fn, values=np.stack(maps, axis=-1) + bias[None, None, :])


def pool2d_layer(image):
    rows, cols = image.shape[0] // 2, image.shape[1] // 2
    result = np.full((rows, cols, image.shape[2]), -np.inf)
    for dy in (0, 1):
        for dx in (0, 1):
            result = np.maximum(result, image[dy:2 * rows:2, dx:2 * cols:2])
    return result


def flatten_layer(image):
    return image.copy().ravel()


def dense_layer(vector, matrix, bias, act_fn='relu'):
    return activation(np.tensordot(matrix, np.ravel(vector), axes=1) + np.ravel(bias), kind=act_fn)


class Layer:
    def __init__(self, kind, weights, bias, act):
        self.kind, self.weights, self.bias, self.act = kind, weights, bias, act

    def __call__(self, h):
        if self.kind == 'conv':
            return conv2d_layer(h, self.weights, self.bias, act_fn=self.act)
        if self.kind == 'dense':
            return dense_layer(h, matrix=self.weights, bias=self.bias, act_fn=self.act)
        return pool2d_layer(h) if self.kind == 'pool' else flatten_layer(h)


class CNN:
    """My CNN."""
    colours = {'train': 'C0', 'test': 'C1'}

    def __init__(self, dataset, verbose=True, name='cnn', **options):
        self.dataset, self.verbose, self.name, self.options = dataset, verbose, name, options
        self.history = {}

    def setup_model(self, W, b, lname, activation='relu'):
        self.layers = []
        self.N = 0
        for i, kind in enumerate(lname):
            act = 'softmax' if i + 1 == len(lname) else activation
            self.layers.append(Layer(kind, W[i], b[i], act))
            if kind in ('conv', 'dense'):
                self.N += int(np.prod(W[i].shape)) + int(np.prod(b[i].shape))
        print('The network %s has %d weights in %d layers' % (self.name, self.N, len(self.layers)))

    def feedforward_sample(self, h):
        for layer in self.layers:
            h = layer(h)
        return h

    def feedforward(self, x):
        return np.vstack([self.feedforward_sample(h=image) for image in x])

    def batches(self, x, size=4):
        for start in range(0, len(x), size):
            yield slice(start, start + size)

    def evaluate(self, batch_size=4):
        for part in ('train', 'test'):
            x = getattr(self.dataset, 'x_' + part)
            t = getattr(self.dataset, 'y_%s_oh' % part)
            total_loss, total_right = 0, 0
            for s in self.batches(x, batch_size):
                p = self.feedforward(x[s])
                total_loss += -np.sum(t[s] * np.log(p + 1e-20))
                total_right += np.sum(p.argmax(axis=1) == t[s].argmax(axis=1))
            self.history[part] = total_loss / len(x), total_right / len(x)
            print('%s loss:\t%.5f' % (part.title(), self.history[part][0]))
            print('%s accuracy:\t%.5f' % (part.title(), self.history[part][1]))
        return self.history['train'] + self.history['test']

    def plot(self):
        for part, (loss, accuracy) in self.history.items():
            plt.bar([part], [accuracy], color=self.colours[part])
        plt.title(self.name)
        plt.show()


if __name__ == '__main__':
    import data_generator
    dataset = data_generator.DataGenerator()
    cnn = CNN(dataset)
    cnn.plot()
