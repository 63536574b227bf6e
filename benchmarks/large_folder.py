"""How long until a large folder of images trains, and in how much memory?

Run:     python benchmarks/large_folder.py            (a few minutes, 1.2 GB of disk; --files 220025 for 12 GB)

TIFF files of 96x96 pixels, 27.8 kB each, are written, in two class folders, with a user cache of their own. A process
reads the folder for the first time and takes a step, as training does, with a memory budget that is too small for the
images; a second process does it again, now from the cache. Reported are the seconds to list the files (which the system
still has in memory), to load the data set, to hash its content, from the start of Python to the end of the first step,
and the largest memory beyond what the framework alone had. Last, `cnnlab train` as a person calls it, one step.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from alternating import CNNLAB, ROOT

SIDE, DISTINCT = 96, 500
CONFIG = """\
name: large
data: {{dataset: folder, path: {folder}, train_size: 64, limit_per_split: 64, memory_budget: {budget}}}
model: [{{conv_block: {{convs: 1, filters: 8}}}}, flatten, classifier]
training: {{epochs: 1, batch_size: 64}}
"""


def write(folder, count):
    """Two class folders of TIFF files, uncompressed, as Kaggle's edition has them; names are 40 hex digits."""
    from PIL import Image

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (DISTINCT, SIDE, SIDE, 3), dtype=np.uint8)
    contents = []
    for image in pixels:
        Image.fromarray(image).save(folder / "one.tif")
        contents.append((folder / "one.tif").read_bytes())
    (folder / "one.tif").unlink()
    for label in "01":
        (folder / label).mkdir()
    for index in range(count):
        (folder / "01"[index % 2] / f"{rng.bytes(20).hex()}.tif").write_bytes(contents[index % DISTINCT])
    print(f"{count:,} files of {len(contents[0]):,} bytes", flush=True)


def measure(folder, budget, started):
    """Read the folder as training does, and print what it took. started: `time.time()` when Python was called."""
    from cnnlab.runs.process import peak_memory
    from cnnlab.training.framework import import_keras

    keras = import_keras()
    small = keras.Sequential(
        [keras.Input((SIDE, SIDE, 3)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")]
    )
    small.compile("adam", "categorical_crossentropy")
    small.fit(np.zeros((64, SIDE, SIDE, 3), np.float32), np.eye(2)[np.arange(64) % 2], verbose=0)
    framework, before = time.time() - started, peak_memory()

    from cnnlab.datasets import DataPlaces, dataset, load_dataset
    from cnnlab.datasets.folders.picture_tree import picture_tree
    from cnnlab.datasets.splits import draw_split, within_budget
    from cnnlab.training.pipeline import BatchPlan, training_batches

    def timed(what, task):
        begun = time.perf_counter()
        result = task()
        print(f"  {what:54}{time.perf_counter() - begun:8.2f} s", flush=True)
        return result

    timed("listing", lambda: picture_tree(Path(folder)))
    parameters = dataset.get("folder").parameters.model_validate(
        {"path": folder}, context={"directory": Path(folder)}
    )
    data = timed("loading, with the listing", lambda: load_dataset("folder", parameters, DataPlaces()))
    timed("the hash of the content", lambda: data.sha256)
    rng = np.random.default_rng(0)
    splits = draw_split(data, train_size=None, validation_fraction=0.1, rng=rng).present()
    train = timed("a split within the memory budget", lambda: within_budget(splits, budget))["train"]
    plan = BatchPlan(64, 0, 1, 2, (-1.0, 1.0), (), 1)
    timed("a step", lambda: small.fit(training_batches(train, plan), steps_per_epoch=1, verbose=0))
    everything = time.time() - started
    text = "from the start of Python to the end of the step"
    print(f"  {text:54}{everything:8.2f} s, {framework:.2f} of it the framework's")
    timed(
        "an epoch",
        lambda: small.fit(training_batches(train, plan), steps_per_epoch=plan.steps(len(train)), verbose=0),
    )
    print(
        f"  {'memory beyond the framework alone':54}{(peak_memory() - before) / 1e6:8.0f} MB ({len(train):,} images)"
    )


def main(options):
    """Write the files, and measure in processes of their own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "images"
        folder.mkdir()
        write(folder, options.files)
        environment = os.environ | {"XDG_CACHE_HOME": f"{place}/cache", "PYTHONPATH": str(ROOT)}
        for title in ("first start", "second start"):
            print(f"{title}:", flush=True)
            command = [sys.executable, __file__, "--measure", str(folder), str(time.time())]
            command += ["--budget", str(options.budget)]
            subprocess.run(command, env=environment, check=True)
        config = Path(place) / "large.yaml"
        config.write_text(CONFIG.format(folder=folder, budget=options.budget))
        begun = time.perf_counter()
        command = [*CNNLAB, "train", "-q", "--config", str(config), "--runs-dir", f"{place}/runs"]
        subprocess.run(command, env=environment, check=True)
        print(
            f"cnnlab train, a step on 64 of the images, from end to end: {time.perf_counter() - begun:.2f} s"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--budget", type=float, default=100.0, help="megabytes, default 100")
    parser.add_argument("--measure", nargs=2, metavar=("FOLDER", "STARTED"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.measure[0], chosen.budget, float(chosen.measure[1]))
    else:
        main(chosen)
