import math
import numpy as np

# my network, written out as loops so that I can see what happens


def activation(x, activation):
    x = np.asarray(x)
    if activation == "linear":
        y = x
    if activation == "relu":
        y = np.where(x > 0, x, 0)
    if activation == "sigmoid":
        y = 0.5 * (np.tanh(0.5 * x) + 1)
    if activation == "softmax":
        largest = x.max()
        y = np.zeros(x.shape)
        total = 0
        for i in np.ndindex(x.shape):
            y[i] = math.exp(x[i] - largest)
            total += y[i]
        y = y / total
    return y


def conv2d_layer(h, W, b, act):
    rows, cols, n_in = h.shape
    k_rows, k_cols, n_in, n_out = W.shape
    up = (k_rows - 1) // 2
    side = (k_cols - 1) // 2

    # zeros all around the image
    big = np.zeros((rows + k_rows - 1, cols + k_cols - 1, n_in))
    big[up:up + rows, side:side + cols, :] = h

    z = np.zeros((rows, cols, n_out))
    for o in range(n_out):
        for c in range(n_in):
            for r in range(k_rows):
                for s in range(k_cols):
                    z[:, :, o] += W[r, s, c, o] * big[r:r + rows, s:s + cols, c]
        z[:, :, o] += b[o]
    return activation(z, act)


def pool2d_layer(h):
    rows = h.shape[0] // 2
    cols = h.shape[1] // 2
    out = np.zeros((rows, cols, h.shape[2]))
    for i in range(rows):
        for j in range(cols):
            window = h[2 * i:2 * i + 2, 2 * j:2 * j + 2, :]
            out[i, j, :] = window.max(axis=(0, 1))
    return out


def flatten_layer(h):
    rows, cols, channels = h.shape
    v = np.zeros(rows * cols * channels)
    n = 0
    for i in range(rows):
        for j in range(cols):
            for c in range(channels):
                v[n] = h[i, j, c]
                n += 1
    return v


def dense_layer(h, W, b, act):
    h = np.ravel(h)
    b = np.ravel(b)
    z = np.zeros(W.shape[0])
    for j in range(W.shape[0]):
        z[j] = np.sum(W[j, :] * h) + b[j]
    return activation(z, act)


class CNN(object):

    def __init__(self, dataset, verbose=True):
        self.verbose = verbose
        self.dataset = dataset
        self.N = 0
        if self.verbose:
            print("--- my CNN ---")
            print("training images:", dataset.N_train, " channels:", dataset.C)

    def setup_model(self, W, b, lname, activation="relu"):
        self.activation = activation
        self.lname = lname
        self.W, self.b = W, b

        count = 0
        for i in range(len(lname)):
            if lname[i] == "conv" or lname[i] == "dense":
                count += W[i].size
                count += b[i].size
        self.N = count
        print("The model has", self.N, "weights")

    def feedforward_sample(self, h):
        n_layers = len(self.lname)
        for i in range(n_layers):
            if self.lname[i] == "conv":
                h = conv2d_layer(h, self.W[i], self.b[i], self.activation)
            if self.lname[i] == "pool":
                h = pool2d_layer(h)
            if self.lname[i] == "flatten":
                h = flatten_layer(h)
            if self.lname[i] == "dense":
                if i == n_layers - 1:
                    h = dense_layer(h, self.W[i], self.b[i], "softmax")
                else:
                    h = dense_layer(h, self.W[i], self.b[i], self.activation)
        return h

    def feedforward(self, x):
        y = np.zeros((len(x), self.dataset.K))
        for n in range(len(x)):
            y[n, :] = np.ravel(self.feedforward_sample(x[n]))
        return y

    def loss_and_accuracy(self, x, y, y_oh):
        p = self.feedforward(x)
        loss = 0
        right = 0
        for n in range(len(p)):
            for k in range(p.shape[1]):
                if y_oh[n, k] == 1:
                    loss -= math.log(max(p[n, k], 1e-12))
            if np.argmax(p[n]) == y[n]:
                right += 1
        return loss / len(p), 100 * right / len(p)

    def evaluate(self):
        d = self.dataset
        if self.verbose:
            print("evaluating, this takes a while ...")
        loss1, acc1 = self.loss_and_accuracy(d.x_train, d.y_train, d.y_train_oh)
        loss2, acc2 = self.loss_and_accuracy(d.x_test, d.y_test, d.y_test_oh)
        print("\tTrain loss:     {:.4f}".format(loss1))
        print("\tTrain accuracy: {:.2f}".format(acc1))
        print("\tTest loss:      {:.4f}".format(loss2))
        print("\tTest accuracy:  {:.2f}".format(acc2))
        return loss1, acc1, loss2, acc2
