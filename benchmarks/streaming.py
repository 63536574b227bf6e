"""What does training from a file cost, in memory and in time?

Run:     python benchmarks/streaming.py            (some minutes, 3.3 GB of disk; --compressed for gzip chunks)

A file of 96x96 images is written, 3 GB of them, as PatchCamelyon has them. A process of its own trains a small
network for one epoch over the whole file, none of it kept in memory: reported is its peak memory beyond what it
took to train the same network on 600 images in memory. Then the same process trains on 8,000 of the images from
the file and from memory in turn: reported is the ratio of the median times.
"""

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

SIDE, DISTINCT, TIMED = 96, 2000, 8000


def write(path, count, compressed):
    """A file with `count` images: uint8 (count, 96, 96, 3), some noise on a gradient, labels 0 and 1."""
    import h5py

    rng = np.random.default_rng(0)
    images = (
        rng.integers(0, 256, (DISTINCT, SIDE, SIDE, 3), dtype=np.uint8) // 8
        + np.arange(0, 192, 2, dtype=np.uint8)[:, None]
    )
    layout = (
        {"chunks": (64, SIDE, SIDE, 3), "compression": "gzip", "compression_opts": 1} if compressed else {}
    )
    with h5py.File(path, "w") as file:
        x = file.create_dataset("x", (count, SIDE, SIDE, 3), np.uint8, **layout)
        for start in range(0, count, DISTINCT):
            x[start : start + DISTINCT] = images[: count - start]


def peak():
    """The largest resident memory so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def measure(path, rounds):
    """Print peak memory and ratio of times."""
    from cnnlab.datasets import Split
    from cnnlab.datasets.arrays.hdf5 import stored_images
    from cnnlab.datasets.splits import within_budget
    from cnnlab.training.framework import import_keras
    from cnnlab.training.pipeline import BatchPlan, training_batches

    keras = import_keras()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(16, 3, strides=2, activation="relu"),
            layers.Conv2D(32, 3, strides=2, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy")

    def epoch(split):
        plan = BatchPlan(64, 0, 1, 2, (-1.0, 1.0), (), 1)
        started = time.perf_counter()
        model.fit(training_batches(split, plan), steps_per_epoch=plan.steps(len(split)), verbose=0)
        return time.perf_counter() - started

    stored = stored_images(path, None, 32)
    everything = Split(stored, np.arange(len(stored)) % 2)
    few = everything.take(np.arange(600))
    epoch(Split(np.asarray(few.images), few.labels))
    before = peak()
    started = time.perf_counter()
    streamed = within_budget({"train": everything}, 0)["train"]
    seconds = time.perf_counter() - started
    took = epoch(streamed)
    print(
        f"{stored.nbytes / 1e9:.2f} GB, {len(stored):,} images: preparing {seconds:.1f} s, one epoch {took:.1f} s"
    )
    print(f"peak memory {peak():,.0f} MB, of it beyond the framework's own {peak() - before:,.0f} MB")
    part = streamed.take(np.random.default_rng(0).choice(len(stored), TIMED, replace=False))
    held = Split(np.asarray(part.images), part.labels)
    times = [(epoch(part), epoch(held)) for _ in range(rounds)]
    file, memory = (statistics.median(each) for each in zip(*times, strict=True))
    print(
        f"{TIMED:,} images: from the file {file:.2f} s, from memory {memory:.2f} s, ratio {file / memory:.3f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=3.0)
    parser.add_argument("--compressed", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.h5"
        write(file, int(options.gigabytes * 1e9 / (SIDE * SIDE * 3)), options.compressed)
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(file, options.rounds))
        process.start()
        process.join()
