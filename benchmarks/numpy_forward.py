"""How much faster does the NumPy network predict than Keras?

Run:     python benchmarks/numpy_forward.py            (about a minute; --quick: half of that, rougher)
         python benchmarks/numpy_forward.py --digits   (all 70,000 of MNIST, against TensorFlow's defaults: a minute)
Network: the 4,266 weights of the lab (Conv 4@3x3, MaxPool, Conv 8@3x3, MaxPool, Dense 10) on 28x28x1 images.

The same images go through the same weights in NumPy and in `keras.Model.predict`. Keras runs in processes of
its own, once with TensorFlow's own defaults, once with oneDNN off and once with it on, each at the batch size
that is fastest for the first 10,000 images. All take turns, round by round, so that whatever else the machine
does meets all of them; reported is the median over the rounds, and the ratio of medians. Beside them stands a
plain loop over images, each convolution written with scipy.signal.convolve2d. The rate of a product of two
1024x1024 matrices on one core, measured in turn with the rest, says what share of the machine's arithmetic one
thread reaches.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from alternating import finish, mnist

BATCH_SIZES = (128, 256, 512, 1024, 2048, 5000, 10000)
SEARCHED = 10_000  # images, on which the best of them is found
SETTINGS = {"TensorFlow's defaults": None, "oneDNN off": "0", "oneDNN on": "1"}
OPERATIONS = 2 * (28 * 28 * 3 * 3 * 4 + 14 * 14 * 3 * 3 * 4 * 8 + 7 * 7 * 8 * 10)  # of an image's products
SHAPES = {
    "conv_1": [(3, 3, 1, 4), (4,)],
    "conv_2": [(3, 3, 4, 8), (8,)],
    "dense": [(392, 10), (10,)],
}


def draw(images):
    """Random weights and, of a number, random images, under the names under which the other processes get them."""
    rng = np.random.default_rng(0)
    arrays = {"x": rng.uniform(-1, 1, (images, 28, 28, 1)) if isinstance(images, int) else images}
    for name, (kernel, bias) in SHAPES.items():
        arrays[f"{name}/kernel"] = rng.normal(size=kernel) / np.sqrt(np.prod(kernel[:-1]))
        arrays[f"{name}/bias"] = 0.1 * rng.normal(size=bias)
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def digits(data_dir):
    """All images of MNIST, training and test: float32 (70000, 28, 28, 1), from -1 to 1."""
    with tempfile.TemporaryDirectory() as folder, np.load(mnist(folder, data_dir)) as stored:
        pixels = np.concatenate([stored["x_train"], stored["x_test"]])
    return pixels[..., None] / np.float32(127.5) - 1


def numpy_network(arrays):
    """The network in NumPy."""
    from cnnlab.numpy_cnn import Network
    from cnnlab.numpy_cnn.layers import Conv2D, Dense, Flatten, MaxPooling2D, ReLU, Softmax

    def weights(name):
        return arrays[f"{name}/kernel"], arrays[f"{name}/bias"]

    layers = {
        "conv_1": Conv2D(*weights("conv_1"), padding="same"),
        "relu_1": ReLU(),
        "pool_1": MaxPooling2D(),
        "conv_2": Conv2D(*weights("conv_2"), padding="same"),
        "relu_2": ReLU(),
        "pool_2": MaxPooling2D(),
        "flatten": Flatten(),
        "dense": Dense(*weights("dense")),
        "softmax": Softmax(),
    }
    return Network.sequential(layers)


def loop_over_images(arrays, x):
    """The plain way: one image, one filter and one channel at a time."""
    from scipy.signal import convolve2d

    def convolve(image, kernel, bias):
        planes = [
            sum(convolve2d(image[:, :, k], kernel[::-1, ::-1, k, f], "same") for k in range(kernel.shape[2]))
            for f in range(kernel.shape[3])
        ]
        return np.maximum(np.stack(planes, axis=-1) + bias, 0)

    def pool(image):
        height, width, channels = image.shape
        return image.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))

    outputs = []
    for image in x:
        for name in ("conv_1", "conv_2"):
            image = pool(convolve(image, arrays[f"{name}/kernel"], arrays[f"{name}/bias"]))
        scores = image.reshape(-1) @ arrays["dense/kernel"] + arrays["dense/bias"]
        e = np.exp(scores - scores.max())
        outputs.append(e / e.sum())
    return np.array(outputs)


def serve_keras(path):
    """Be the other process: find the best batch size, then predict once per line of standard input."""
    import keras

    arrays = np.load(path)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="conv_1"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="conv_2"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax", name="dense"),
        ]
    )
    for name in SHAPES:
        model.get_layer(name).set_weights([arrays[f"{name}/kernel"], arrays[f"{name}/bias"]])
    x = arrays["x"]

    def predict(x, batch_size):
        start = time.perf_counter()
        output = model.predict(x, batch_size=batch_size, verbose=0)
        return time.perf_counter() - start, output

    part = x[:SEARCHED]
    tries = {size: [predict(part, size)[0] for _ in range(4)][1:] for size in BATCH_SIZES if size <= len(x)}
    best = min(tries, key=lambda size: statistics.median(tries[size]))
    difference = np.abs(predict(x, best)[1] - arrays["y"]).max()
    print("READY", best, difference, flush=True)
    for _ in sys.stdin:
        print("TIME", predict(x, best)[0], flush=True)


class KerasProcess:
    """A process that predicts with Keras on request."""

    def __init__(self, path, onednn):
        environment = {key: v for key, v in os.environ.items() if key != "TF_ENABLE_ONEDNN_OPTS"}
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
        if onednn is not None:
            environment["TF_ENABLE_ONEDNN_OPTS"] = onednn
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", path],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        batch_size, difference = self._read("READY")
        self.batch_size, self.difference = int(batch_size), float(difference)

    def _read(self, word):
        for line in self.process.stdout:
            if line.startswith(word):
                return line.split()[1:]
        raise SystemExit("the Keras process ended early")

    def seconds(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self._read("TIME")[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(function):
    """Call a function and return the seconds it took."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def matrix_product():
    """Seconds for a float32 product of 1024x1024 matrices on one core."""
    from threadpoolctl import threadpool_limits

    a = np.ones((1024, 1024), np.float32)
    with threadpool_limits(1, "blas"):
        return timed(lambda: a @ a)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=10_000, help="how many random ones, default 10000")
    parser.add_argument(
        "--digits", action="store_true", help="all of MNIST; Keras with TensorFlow's defaults alone"
    )
    parser.add_argument("--data-dir", help="where mnist.npz lies; default $CNNLAB_DATA, else Keras' own")
    parser.add_argument("--rounds", type=int, help="default 15; 5 with --quick or --digits")
    parser.add_argument("--quick", action="store_true", help="5 rounds")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_keras(options.serve)
        return
    sys.path.insert(0, str(Path(__file__).parents[1]))
    rounds = options.rounds or (5 if options.quick or options.digits else 15)
    arrays = draw(digits(options.data_dir) if options.digits else options.images)
    settings = {"TensorFlow's defaults": None} if options.digits else SETTINGS
    network, x = numpy_network(arrays), arrays["x"]
    count = len(x)
    assert sum(network.count_weights().values()) == 4266
    few = x[: 50 if options.quick else 200]
    expected = loop_over_images(arrays, few)
    difference = np.abs(network.predict(few) - expected).max()
    print(f"largest difference between the loop and the network: {difference:.1e}")
    loop = timed(lambda: loop_over_images(arrays, few)) / len(few) * 1e6

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "arrays.npz")
        np.savez(path, **arrays, y=network.predict(x))
        keras = {name: KerasProcess(path, onednn) for name, onednn in settings.items()}
    contenders = {
        "NumPy, as it chooses": lambda: timed(lambda: network.predict(x)),
        "NumPy, one thread": lambda: timed(lambda: network.predict(x, workers=1)),
    } | {f"Keras, {name}": process.seconds for name, process in keras.items()}
    times, products = {name: [] for name in contenders}, []
    for run in contenders.values():
        run()
    for _ in range(rounds):
        products.append(matrix_product())
        for name, run in contenders.items():
            times[name].append(run() / count * 1e6)
    for process in keras.values():
        process.close()

    ours = statistics.median(times["NumPy, as it chooses"])
    print(f"{count} images, {len(times['NumPy, one thread'])} rounds, {os.cpu_count()} cores\n")
    print(f"{'':32}{'µs an image':>12}{'fastest':>9}{'times NumPy':>13}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:32}{median:12.1f}{min(values):9.1f}{median / ours:13.2f}")
    print(f"{'loop over images':32}{loop:12.1f}{'':9}{loop / ours:13.1f}")
    rate = 2 * 1024**3 / statistics.median(products) / 1e9
    reached = OPERATIONS / statistics.median(times["NumPy, one thread"]) / 1e3
    print(
        f"products of matrices: {rate:.0f} GFLOP/s on one core, of which one thread reaches {reached / rate:.0%}"
    )
    for name, process in keras.items():
        print(f"Keras, {name}: batch size {process.batch_size}, largest difference {process.difference:.1e}")
    finish({name: statistics.median(times[f"Keras, {name}"]) / ours for name in keras})


if __name__ == "__main__":
    main()
