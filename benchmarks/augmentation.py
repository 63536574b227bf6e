"""Is the augmentation the bottleneck of a training?

Run:     python benchmarks/augmentation.py                 (a minute; other configs: name them)

For each config, on random pixels and with one thread: the CPU time of a step's batch, prepared and augmented by the
pipeline alone, and that of the training step alone on one batch that is there already. Both run at the same time in
a training, so that the pipeline is the bottleneck where the ratio is above 1. CPU time is reported, not wall time, so
that other work on the machine matters little; medians of some rounds. Then the same for each augmentation alone.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

CONFIGS = ["configs/mnist128/lab2025.yaml", "configs/pcam/lab2025_resnet.yaml", "configs/pcam/demo.yaml"]
IMAGES, ROUNDS = 2048, 3


def pipeline(config, info, augment):
    """CPU milliseconds of a batch from the pipeline: rounds of a chunk and more, the first left out."""
    from cnnlab.datasets import Split
    from cnnlab.training.pipeline import BatchPlan, training_batches

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (IMAGES, *info.image_shape), dtype=np.uint8)
    batch = config.training.batch_size
    plan = BatchPlan(batch, 0, 10**6, info.num_classes, config.data.scale, augment, 1)
    batches = iter(training_batches(Split(pixels, rng.integers(0, info.num_classes, IMAGES)), plan))
    steps = IMAGES // batch
    return cpu_milliseconds(lambda: [next(batches) for _ in range(steps)], steps)


def step(config, info):
    """CPU milliseconds of a training step on a batch that is there already."""
    import tensorflow as tf

    from cnnlab.training.model import build_model, trainable_part
    from cnnlab.training.network import compile_network, network_class

    part = trainable_part(build_model(config.model, info, config.data.scale), network_class())
    steps = max(4, 512 // config.training.batch_size)
    compile_network(part, config.training, num_classes=info.num_classes, steps_per_epoch=steps)
    rng = np.random.default_rng(0)
    batch = config.training.batch_size
    images = rng.uniform(*config.data.scale, (batch, *info.image_shape)).astype("float32")
    labels = np.eye(info.num_classes, dtype="float32")[rng.integers(0, info.num_classes, batch)]
    same = tf.data.Dataset.from_tensors((images, labels)).repeat()
    return cpu_milliseconds(
        lambda: part.fit(same, steps_per_epoch=steps, epochs=1, verbose=0, shuffle=False), steps
    )


def cpu_milliseconds(work, steps):
    """The median CPU time of `work` per step, the first round left out."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        work()
        times.append(1000 * (time.process_time() - started) / steps)
    return statistics.median(times[1:])


def measure(path):
    """Print a config's figures."""
    from cnnlab.config.load import load_config
    from cnnlab.datasets import data_places, dataset_info

    config = load_config(Path(path))
    item = config.data.dataset
    info = dataset_info(item.name, item.parameters, data_places(None, download=False))
    train, batch = step(config, info), pipeline(config, info, config.augment)
    print(f"{path}, batch {config.training.batch_size} of {'x'.join(map(str, info.image_shape))}")
    print(f"  step {train:.1f} ms, pipeline {batch:.1f} ms, ratio {batch / train:.2f}")
    plain = pipeline(config, info, ())
    print(f"  of it without augmentation {plain:.2f} ms")
    for augmentation in config.augment:
        alone = pipeline(config, info, (augmentation,)) - plain
        print(f"  {augmentation.name} {alone:.2f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", default=CONFIGS)
    options = parser.parse_args()
    from cnnlab.training.framework import configure

    configure(threads=1, device="cpu", precision="float32", deterministic=False)
    for name in options.configs:
        measure(name)
