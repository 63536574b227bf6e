"""The residual network of 2025 on patches in memory: a bare `fit`, TensorFlow's own defaults.

Run:  python benchmarks/baselines/pcam_resnet.py PATCHES.npz 2      (file, epochs); prints seconds of the last epoch
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

path, epochs = sys.argv[1], int(sys.argv[2])

with np.load(path) as patches:
    x = patches["x_train"] / np.float32(127.5) - 1
    y = np.eye(2, dtype="float32")[patches["y_train"]]


def block(x, filters, rate, *, pool):
    """Two convolutions and a 1x1 convolution around them, added."""
    y = x
    for _ in range(2):
        y = layers.Conv2D(filters, 3, padding="same", kernel_initializer="glorot_normal")(y)
        y = layers.LeakyReLU(negative_slope=0.1)(layers.BatchNormalization()(y))
    y = layers.Add()([y, layers.Conv2D(filters, 1, kernel_initializer="glorot_normal")(x)])
    y = layers.LeakyReLU(negative_slope=0.1)(y)
    return layers.Dropout(rate)(layers.MaxPooling2D()(y) if pool else y)


inputs = keras.Input((32, 32, 3))
x_in = layers.RandomFlip("horizontal_and_vertical")(inputs)
x_in = layers.RandomRotation(0.25)(x_in)
x_in = layers.RandomTranslation(0.1, 0.1)(x_in)
x_in = layers.RandomZoom((-0.15, 0.15))(x_in)
x_in = layers.RandomShear(0.05, 0.05)(x_in)
features = block(block(block(x_in, 32, 0.3, pool=True), 64, 0.3, pool=True), 128, 0.2, pool=False)
features = layers.Dense(256)(layers.GlobalAveragePooling2D()(features))
features = layers.BatchNormalization()(layers.LeakyReLU(negative_slope=0.1)(features))
model = keras.Model(inputs, layers.Dense(2, activation="softmax")(layers.Dropout(0.2)(features)))
model.compile(
    keras.optimizers.Adam(0.0015, weight_decay=1e-4),
    "categorical_crossentropy",
    metrics=["accuracy", keras.metrics.AUC()],
)
for _ in range(epochs):
    start = time.perf_counter()
    model.fit(x, y, batch_size=128, verbose=0)
    seconds = time.perf_counter() - start
print("SECONDS", seconds)
