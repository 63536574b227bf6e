"""The 2024 setting of mnist128, as it was trained, in a notebook's way: a loop over `fit`, TensorFlow's defaults.

Run:  python benchmarks/baselines/mnist128_2024.py MNIST.npz 5 110      (file, repeats, epochs)
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
    """Three blocks of two convolutions with L2 and batch normalisation, one dense layer."""
    inputs = x = keras.Input((28, 28, 1))
    for filters, rate in ((64, 0), (128, 0.1), (128, 0.1)):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", kernel_regularizer=keras.regularizers.L2(1e-4))(x)
            x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(rate)(x) if rate else x
    x = layers.Dense(512, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Dropout(0.1)(x)))


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
