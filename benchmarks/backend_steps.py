"""Milliseconds of a training step on each backend: cnnlab, a bare Keras `fit`, and a loop without Keras' trainer.

Run:     python benchmarks/backend_steps.py                        (every backend that is installed; 2 minutes each)
         python benchmarks/backend_steps.py --backend torch

The network and the settings are those of mnist128 of 2025, one thread. cnnlab's step is an epoch's time by its 8 steps,
with augmentation, figures, rows and all that belongs to an epoch. `fit` gets ready-made batches, arrays in memory that
were augmented before, 200 in a row. The raw loop is the same network without metrics: on PyTorch written in PyTorch, on
TensorFlow one compiled function per step, on JAX one compiled pure function. The three take turns in one process.
Target: cnnlab at most 1.3 times `fit`.
"""

import contextlib
import importlib.util
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from alternating import ROOT, alternate, finish, options, ratio, table

BACKENDS = ("tensorflow", "torch", "jax")
CONFIG = ROOT / "configs" / "mnist128" / "lab2025.yaml"
CHANGES = ("data.dataset=mnist10k", "training.validation_every=1000000", "training.epochs=1000000")
STEPS, EPOCHS = 200, 25  # of a turn of the loops, and of cnnlab's, after one that is not counted
L2 = 0.001


def ready(folder):
    """The training of repeat 0, as cnnlab trains it, and augmented batches of it."""
    import numpy as np

    from cnnlab.config.load import Options, load_config
    from cnnlab.runs.folder import RepeatFolder
    from cnnlab.training.checkpoint import CheckpointFolder
    from cnnlab.training.fitting import Fitting, Hooks
    from cnnlab.training.inputs import drawn_splits, training_inputs
    from cnnlab.training.model import build_model
    from cnnlab.training.prepare import load_data
    from cnnlab.training.rules import Stopped

    config = load_config(CONFIG, Options(overrides=(*CHANGES, "training.threads=1")))
    data = load_data(config, None)
    rows, left = [], []

    def check():
        if left and len(rows) >= left[0]:
            raise Stopped

    model = build_model(config.model, data.info, config.data.scale)
    hooks = Hooks(report=rows.append, check=check)
    checkpoints = CheckpointFolder(Path(folder) / "checkpoint", {})
    splits = replace(drawn_splits(config, data, 0), validation=None)
    inputs = training_inputs(config, splits, data.info)
    fitting = Fitting(config, model, inputs, 0, RepeatFolder(Path(folder), 0), checkpoints, hooks)
    batches = [tuple(map(np.array, pair)) for pair in itertools.islice(fitting.batches(), STEPS)]

    def cnnlab():
        rows.clear()
        left[:] = [EPOCHS + 1]
        with contextlib.suppress(Stopped):
            fitting.run()
        return statistics.median(row["seconds"] for row in rows[1:]) / fitting.steps * 1000

    return cnnlab, batches


def network():
    """The network for scaled images, with Keras."""
    import keras
    from keras import layers

    blocks = []
    for filters in (8, 16, 32):
        blocks += [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]
        blocks.append(layers.MaxPooling2D())
    blocks.append(layers.Flatten())
    for units in (256, 128, 64):
        blocks.append(layers.Dense(units, activation="relu", kernel_regularizer=keras.regularizers.L2(L2)))
        blocks.append(layers.Dropout(0.2))
    model = keras.Sequential([keras.Input((28, 28, 1)), *blocks, layers.Dense(10, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def fitted(batches):
    """A turn of `fit` on arrays."""
    import numpy as np

    model, (x, y) = network(), map(np.concatenate, zip(*batches, strict=True))
    size = len(batches[0][0])
    model.fit(x[: 20 * size], y[: 20 * size], batch_size=size, verbose=0, shuffle=False)
    return lambda: timed(lambda: model.fit(x, y, batch_size=size, verbose=0, shuffle=False))


def looped(batches, step):
    """A turn of a loop that calls `step` with each batch."""

    def loop():
        for x, y in batches:
            last = step(x, y)
        float(last)  # waits for what is still being computed

    for x, y in batches[:20]:
        step(x, y)
    return lambda: timed(loop)


def timed(run):
    """Milliseconds of one of `STEPS` steps."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) / STEPS * 1000


def tensorflow_step():
    """Forward, backward and update in one compiled function."""
    import tensorflow as tf

    model = network()

    @tf.function(reduce_retracing=True)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=True))
        model.optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
        return loss

    return step


def jax_step():
    """A pure function of weights and optimizer state, compiled; the state is handed on."""
    import jax
    import keras

    model = network()
    model.optimizer.build(model.trainable_variables)
    state = [[v.value + 0 for v in group] for group in _groups(model)]

    def loss_of(weights, others, x, y):
        said, others = model.stateless_call(weights, others, x, training=True)
        pairs = zip(weights, model.trainable_variables, strict=True)
        penalty = sum(L2 * (weight**2).sum() for weight, variable in pairs if _penalized(variable))
        return keras.ops.mean(keras.losses.categorical_crossentropy(y, said)) + penalty, others

    @jax.jit
    def update(state, x, y):
        weights, others, optimizer = state
        (loss, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights, others, x, y)
        weights, optimizer = model.optimizer.stateless_apply(optimizer, gradients, weights)
        return loss, [weights, others, optimizer]

    def step(x, y):
        loss, state[:] = update(state, x, y)
        return loss

    return step


def _groups(model):
    return model.trainable_variables, model.non_trainable_variables, model.optimizer.variables


def _penalized(variable):
    return "kernel" in variable.path and "dense" in variable.path and variable.shape[-1] != 10


def torch_step():
    """The network in PyTorch itself, channels first, cross-entropy of logits, penalties added."""
    import torch
    from torch import nn

    parts, before = [], 1
    for filters in (8, 16, 32):
        for _ in range(2):
            parts += [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU()]
            before = filters
        parts.append(nn.MaxPool2d(2))
    parts += [nn.Flatten(), nn.Linear(288, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 128), nn.ReLU()]
    parts += [nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10)]
    model = nn.Sequential(*parts)
    penalized = [part.weight for part in parts if isinstance(part, nn.Linear)][:-1]
    optimizer = torch.optim.Adam(model.parameters(), 0.001)

    def step(x, y):
        images = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()
        loss = nn.functional.cross_entropy(model(images), torch.from_numpy(y))
        loss = loss + sum(L2 * weight.square().sum() for weight in penalized)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def one_backend(name, rounds):
    """Measure one backend in this process, and print the values as JSON."""
    sys.path.insert(0, str(ROOT))
    from cnnlab.backends import choose
    from cnnlab.training.framework import configure

    choose(name)
    configure(threads=1, device="cpu", precision="float32", deterministic=False)
    import keras

    keras.utils.set_random_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        cnnlab, batches = ready(folder)
        raw = {"tensorflow": tensorflow_step, "torch": torch_step, "jax": jax_step}[name]()
        sides = {"fit": fitted(batches), "cnnlab": cnnlab, "raw loop": looped(batches, raw)}
        print(json.dumps(alternate(sides, rounds)))


def main():
    """Measure and print."""
    parser = options(__doc__, rounds=5)
    parser.add_argument("--backend", choices=BACKENDS, action="append", help="only this one; repeatable")
    parser.add_argument("--measure", choices=BACKENDS, help="be the process of one backend")
    chosen = parser.parse_args()
    if chosen.measure:
        one_backend(chosen.measure, chosen.rounds)
        return
    ratios = {}
    for name in chosen.backend or [name for name in BACKENDS if importlib.util.find_spec(name)]:
        command = [sys.executable, __file__, "--measure", name, "--rounds", str(chosen.rounds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rows = {
            f"{name}, {side}": values for side, values in json.loads(done.stdout.splitlines()[-1]).items()
        }
        table(rows, unit="ms")
        ratios[name] = ratio(rows, f"{name}, cnnlab", f"{name}, fit")
        print(f"  cnnlab by fit {ratios[name]:.2f}", flush=True)
    finish(ratios)


if __name__ == "__main__":
    main()
