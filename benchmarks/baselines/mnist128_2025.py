"""The 2025 setting of mnist128 as a notebook has it: one process, a loop over `fit`, TensorFlow's own defaults.

Run:  python benchmarks/baselines/mnist128_2025.py MNIST.npz 5 350      (file, repeats, epochs)
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

path, repeats, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

with np.load(path) as mnist:
    x_train, x_test = (mnist[name][..., None] / np.float32(127.5) - 1 for name in ("x_train", "x_test"))
    y_train, y_test = (np.eye(10, dtype="float32")[mnist[name]] for name in ("y_train", "y_test"))


def build():
    """Augmentation, three blocks of two convolutions, three dense layers with L2 and dropout."""
    augmentation = [
        layers.RandomShear(x_factor=0.1, y_factor=0.1),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.RandomTranslation(0.1, 0.1),
    ]
    convolutions = []
    for filters in (8, 16, 32):
        convolutions += [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]
        convolutions.append(layers.MaxPooling2D())
    head = []
    for units in (256, 128, 64):
        head.append(layers.Dense(units, activation="relu", kernel_regularizer=keras.regularizers.L2(0.001)))
        head.append(layers.Dropout(0.2))
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *augmentation,
            *convolutions,
            layers.Flatten(),
            *head,
            layers.Dense(10, activation="softmax"),
        ]
    )


accuracies = []
for repeat in range(repeats):
    keras.backend.clear_session()
    order = np.random.default_rng(repeat).permutation(len(x_train))
    few, held_out = order[:128], order[-6000:]
    model = build()
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        x_train[few],
        y_train[few],
        batch_size=16,
        epochs=epochs,
        validation_data=(x_train[held_out], y_train[held_out]),
        validation_freq=10,
        verbose=0,
    )
    model.evaluate(x_train[few], y_train[few], verbose=0)
    accuracies.append(model.evaluate(x_test, y_test, verbose=0)[1])
print("ACCURACY", np.mean(accuracies))
