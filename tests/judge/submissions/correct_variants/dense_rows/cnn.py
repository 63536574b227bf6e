import numpy as np

# vectors are rows (1, n) in my network


def activation(x, activation):
    if activation == 'linear':
        return x
    elif activation == 'relu':
        return np.where(x < 0, 0, x)
    elif activation == 'sigmoid':
        return np.exp(-np.logaddexp(0, -x))
    elif activation == 'softmax':
        shifted = x - np.max(x, axis=1, keepdims=True)
        return np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    raise Exception('no such activation', activation)


def im2col(h, kh, kw):
    rows, cols, channels = h.shape
    p = np.zeros((rows + kh - 1, cols + kw - 1, channels))
    p[(kh - 1) // 2:(kh - 1) // 2 + rows, (kw - 1) // 2:(kw - 1) // 2 + cols] = h
    parts = []
    for i in range(kh):
        for j in range(kw):
            parts.append(p[i:i + rows, j:j + cols].reshape(rows * cols, channels))
    return np.concatenate(parts, axis=1)


def conv2d_layer(h, W, b, act):
    kh, kw, cin, cout = W.shape
    z = im2col(h, kh, kw) @ W.reshape(kh * kw * cin, cout) + b
    return activation(z.reshape(h.shape[0], h.shape[1], cout), act)


def pool2d_layer(h):
    out = []
    for i in range(0, h.shape[0] - 1, 2):
        out.append([h[i:i + 2, j:j + 2].max((0, 1)) for j in range(0, h.shape[1] - 1, 2)])
    return np.array(out)


def flatten_layer(h):
    return h.reshape(1, -1)


def dense_layer(h, W, b, act):
    return activation(h.reshape(1, -1) @ W.T + b.reshape(1, -1), act)


class CNN:
    def __init__(self, dataset, verbose=True):
        self.dataset = dataset
        self.verbose = verbose

    def setup_model(self, W, b, lname, activation='relu'):
        self.W = W
        self.b = b
        self.lname = lname
        self.activation = activation
        self.N = 0
        for i, l in enumerate(lname):
            n = np.array(W[i]).size + np.array(b[i]).size
            print('layer', i + 1, l, n)
            self.N = self.N + n
        print('total:', self.N)

    def feedforward_sample(self, h):
        for i, l in enumerate(self.lname[:-1]):
            if l == 'conv':
                h = conv2d_layer(h, self.W[i], self.b[i], self.activation)
            elif l == 'pool':
                h = pool2d_layer(h)
            elif l == 'flatten':
                h = flatten_layer(h)
            else:
                h = dense_layer(h, self.W[i], self.b[i], self.activation)
        return dense_layer(h, self.W[-1], self.b[-1], 'softmax')

    def feedforward(self, x):
        return np.concatenate([self.feedforward_sample(im) for im in x], axis=0)

    def evaluate(self):
        ptrain = self.feedforward(self.dataset.x_train)
        ptest = self.feedforward(self.dataset.x_test)
        eps = np.finfo(float).tiny
        trainloss = np.mean(-np.log(ptrain[np.arange(len(ptrain)), self.dataset.y_train] + eps))
        testloss = np.mean(-np.log(ptest[np.arange(len(ptest)), self.dataset.y_test] + eps))
        trainacc = np.mean(ptrain.argmax(-1) == self.dataset.y_train)
        testacc = np.mean(ptest.argmax(-1) == self.dataset.y_test)
        print(f'Train loss: {trainloss:.4f}\nTrain accuracy: {trainacc:.4f}\nTest loss: {testloss:.4f}\n'
              f'Test accuracy: {testacc:.4f}')
        return {'train': (trainloss, trainacc), 'test': (testloss, testacc)}
