import numpy as np

# the slow way: one pixel at a time


def activation(x, activation):
    if activation == 'linear':
        return x
    if activation == 'relu':
        out = np.zeros_like(x)
        for i in np.ndindex(*x.shape):
            if x[i] > 0:
                out[i] = x[i]
        return out
    if activation == 'sigmoid':
        return 1 / (1 + np.exp(-x))
    if activation == 'softmax':
        e = np.exp(x - max(x.flatten()))
        return e / sum(e.flatten())


def conv2d_layer(h, W, b, act):
    n_rows = h.shape[0]
    n_cols = h.shape[1]
    mid_row = (W.shape[0] - 1) // 2
    mid_col = (W.shape[1] - 1) // 2
    z = np.zeros((n_rows, n_cols, W.shape[3]))
    for row in range(n_rows):
        for col in range(n_cols):
            for r in range(W.shape[0]):
                for c in range(W.shape[1]):
                    y = row + r - mid_row
                    x = col + c - mid_col
                    if y >= 0 and y < n_rows and x >= 0 and x < n_cols:
                        z[row, col] += np.dot(h[y, x], W[r, c])
            z[row, col] += b
    return activation(z, act)


def pool2d_layer(h):
    out = np.zeros((int(h.shape[0] / 2), int(h.shape[1] / 2), h.shape[2]))
    for c in range(out.shape[2]):
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[i, j, c] = max(h[2*i, 2*j, c], h[2*i+1, 2*j, c], h[2*i, 2*j+1, c], h[2*i+1, 2*j+1, c])
    return out


def flatten_layer(h):
    numbers = []
    for row in h:
        for pixel in row:
            for value in pixel:
                numbers.append(value)
    return numbers        # a list is fine for np.dot


def dense_layer(h, W, b, act):
    z = np.array([np.dot(W[o], h) + b[o][0] for o in range(len(W))])
    return activation(z, act)


class CNN:
    def __init__(self, dataset, verbose=True):
        self.dataset = dataset

    def setup_model(self, W, b, lname, activation='relu'):
        self.W = W; self.b = b; self.lname = lname
        self.activation = activation
        N = 0
        for layer in range(len(W)):
            if len(W[layer]) > 0:
                weights = 1
                for s in W[layer].shape:
                    weights *= s
                N += weights + len(b[layer])
        self.N = N
        print(N, 'weights')

    def feedforward_sample(self, h):
        for i in range(len(self.lname)):
            if self.lname[i] == 'conv':
                h = conv2d_layer(h, self.W[i], self.b[i], self.activation)
            elif self.lname[i] == 'pool':
                h = pool2d_layer(h)
            elif self.lname[i] == 'flatten':
                h = flatten_layer(h)
            elif i < len(self.lname) - 1:
                h = dense_layer(h, self.W[i], self.b[i], self.activation)
            else:
                h = dense_layer(h, self.W[i], self.b[i], 'softmax')
        return h

    def feedforward(self, x):
        y = []
        for i in range(len(x)):
            if i % 100 == 0:
                print(i, 'of', len(x), end='\r')
            y.append(self.feedforward_sample(x[i]))
        return np.array(y)

    def evaluate(self):
        losses = []
        accuracies = []
        for x, y in [(self.dataset.x_train, self.dataset.y_train), (self.dataset.x_test, self.dataset.y_test)]:
            p = self.feedforward(x)
            loss = 0
            correct = 0
            for i in range(len(p)):
                loss += -np.log(p[i][y[i]] + 1e-10) / len(p)
                correct += int(np.argmax(p[i]) == y[i])
            losses.append(loss)
            accuracies.append(correct / len(p))
        print()
        print('Train loss:    ', round(losses[0], 5))
        print('Train accuracy:', round(accuracies[0], 5))
        print('Test loss:     ', round(losses[1], 5))
        print('Test accuracy: ', round(accuracies[1], 5))
