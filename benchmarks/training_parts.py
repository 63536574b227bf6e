"""Where does the time of a training step go, and how far is it from the machine's arithmetic?

Run:     python benchmarks/training_parts.py                 (half a minute on one core)
         python benchmarks/training_parts.py --config configs/mnist128/lab2024.yaml
         python benchmarks/training_parts.py --xla           (the steps compiled by XLA, too)

One thread, TensorFlow, bundled digits. Each part runs many times within one compiled loop, all parts in turn, and the
shortest of five times counts, since what else the machine does only ever adds. The limit is the rate of products of
two 1024x1024 matrices, one of the parts. Counted are multiplications and additions of convolutions and dense layers,
three times those of the forward pass for a training step.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
from alternating import ROOT, alternate

sys.path.insert(0, str(ROOT))
SECONDS, TURNS = 0.3, 5
EVALUATED = (32, 200, 1000)


def operations(model):
    """Multiplications and additions of the forward pass through one image."""
    total = 0
    for layer in model.layers:
        if type(layer).__name__ in {"Conv2D", "Dense"}:
            places = math.prod(layer.output.shape[1:-1])
            total += 2 * places * math.prod(layer.kernel.shape)
    return total


def timer(function):
    """Compile a loop over `function`, which makes no result; return what gives the milliseconds of one call."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def loop(count):
        def body(done):
            function()
            return (done + 1,)

        tf.while_loop(lambda done: done < count, body, [tf.constant(0)])

    def run(count):
        start = time.perf_counter()
        loop(tf.constant(count))
        return (time.perf_counter() - start) / count * 1000

    run(2)
    count = max(2, int(SECONDS * 1000 / run(3)))
    return lambda: run(count)


def parts(config, data, xla):
    """The functions to be timed, by name."""
    import keras
    import tensorflow as tf

    from cnnlab.training.model import build_model, trainable_part
    from cnnlab.training.network import compile_network, network_class
    from cnnlab.training.pipeline import BatchPlan, training_batches

    training, batch = config.training, config.training.batch_size
    model = build_model(config.model, data.info, config.data.scale)
    part = trainable_part(model, network_class())
    part.watch_loss()
    split = data.train.take(np.arange(config.data.train_size or 1000))
    plan = BatchPlan(batch, 0, 10**6, data.info.num_classes, config.data.scale, config.augment, 1)
    compile_network(part, training, num_classes=data.info.num_classes, steps_per_epoch=plan.steps(len(split)))
    batches = iter(training_batches(split, plan))
    x, y = next(batches)
    kept = tf.Variable(0.0)
    rng = np.random.default_rng(0)
    weights = part.trainable_variables
    fixed = [tf.constant(rng.normal(0, 1e-3, w.shape).astype(np.float32)) for w in weights]
    square = tf.constant(rng.normal(size=(1024, 1024)).astype(np.float32))

    def gradients():
        with tf.GradientTape() as tape:
            loss = keras.losses.CategoricalCrossentropy()(y, part(x, training=True)) + sum(part.losses)
        found = tape.gradient(loss, [w.value for w in weights])
        kept.assign(tf.add_n([tf.reduce_sum(g[..., :1]) for g in found]))

    timed = {
        "product": lambda: kept.assign(tf.reduce_sum((square @ square)[:1])),
        "batch, augmented": lambda: kept.assign(tf.reduce_sum(next(batches)[0][:1])),
        "forward pass": lambda: kept.assign(tf.reduce_sum(part(x, training=True))),
        "forward and backward pass": gradients,
        "optimizer": lambda: part.optimizer.apply(fixed, weights),
        "whole step": lambda: part.train_step((x, y)),
    }
    if xla:
        for name, function in (("forward and backward pass", gradients), ("whole step", timed["whole step"])):
            timed[f"{name}, XLA"] = tf.function(function, autograph=False, jit_compile=True)
    for size in EVALUATED:
        images = tf.constant(rng.uniform(-1, 1, (size, *data.info.image_shape)).astype(np.float32))
        timed[f"inference, {size} images"] = lambda images=images: kept.assign(
            tf.reduce_sum(part(images, training=False))
        )
    return timed, operations(model), batch


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--config", default=str(ROOT / "configs" / "mnist128" / "lab2025.yaml"))
    parser.add_argument("--xla", action="store_true", help="compile with XLA, too")
    chosen = parser.parse_args()
    from cnnlab.config.load import Options, load_config
    from cnnlab.training.framework import configure, without_chatter
    from cnnlab.training.prepare import load_data

    config = load_config(
        Path(chosen.config), Options(overrides=("data.dataset=mnist10k", "training.threads=1"))
    )
    with without_chatter():
        configure(threads=1, device="cpu", precision="float32", deterministic=config.training.deterministic)
        timed, forward, batch = parts(config, load_data(config, None), chosen.xla)
        timers = {name: timer(function) for name, function in timed.items()}
        turns = alternate(timers, TURNS)
        measured = {name: min(values) for name, values in turns.items()}
    peak = 2 * 1024**3 / measured.pop("product") / 1e6
    print(f"{config.name}, batch {batch}, one thread; matrix products run at {peak:.0f} GFLOP/s")
    counted = {"forward pass": batch, "whole step": 3 * batch, "forward and backward pass": 3 * batch}
    counted |= {f"{name}, XLA": times for name, times in counted.items()}
    counted |= {f"inference, {size} images": size for size in EVALUATED}
    for name, value in measured.items():
        share = counted.get(name, 0) * forward / value / 1e6 / peak
        each = f"{value / counted[name] * 1000:8.1f} us an image" if name.startswith("inference") else ""
        print(f"  {name:34}{value:8.2f} ms   {f'{share:6.0%} of the limit' if share else '':22}{each}")
    print(json.dumps({"step share": round(3 * batch * forward / measured["whole step"] / 1e6 / peak, 3)}))


if __name__ == "__main__":
    main()
