"""The audit of a data set: seconds, and how many planted copies it finds and how many it invents.

    python benchmarks/audit.py                                   # the bundled digits, and drawn tissue
    python benchmarks/audit.py mnist.npz train.h5 ...            # images of .npz (x_train, x_test) and .h5 files (x)

Of each file, 500 images are copied, each copy changed and turned by one of the eight symmetries, and put into the test
split: *found* is the share of them that are reported beside their original. *Invented* are pairs of images of which
neither was planted. Seconds are those of a whole audit, the content hash among them.
"""

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.datasets import Dataset, DatasetInfo, Split, data_places, dataset, load_dataset
from cnnlab.datasets.audit import audit_dataset
from cnnlab.datasets.audit.duplicates import first_equal
from cnnlab.datasets.audit.look import look_at
from cnnlab.datasets.audit.near import near_pairs
from cnnlab.datasets.audit.symmetries import symmetries_of, transformed

COPIES = 500
Change = Callable[[np.ndarray], np.ndarray]


def jpeg(quality: int) -> Change:
    """Saved as JPEG."""

    def change(image: np.ndarray) -> np.ndarray:
        file = io.BytesIO()
        Image.fromarray(image.squeeze()).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file)).reshape(image.shape)

    return change


def resized(by: int) -> Change:
    """Made larger by so many pixels, and as large as before again."""

    def change(image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        other = Image.fromarray(image.squeeze()).resize((width + by, height + by), Image.Resampling.BILINEAR)
        return np.asarray(other.resize((width, height), Image.Resampling.BILINEAR)).reshape(image.shape)

    return change


def brighter(factor: float) -> Change:
    """All values multiplied."""
    return lambda image: np.rint(image * factor).clip(0, 255).astype(np.uint8)


CHANGES: dict[str, Change] = {
    "turned or mirrored alone": lambda image: image,
    "JPEG, quality 85": jpeg(85),
    "JPEG, quality 60": jpeg(60),
    "a pixel larger and back": resized(1),
    "a pixel smaller and back": resized(-1),
    "3 % brighter": brighter(1.03),
    "3 % darker": brighter(0.97),
    "shifted by a pixel": lambda image: np.roll(image, 1, axis=1),
}


def data_of(train: np.ndarray, test: np.ndarray) -> Dataset:
    """A data set whose labels do not matter."""
    labels = [np.arange(len(images)) % 2 for images in (train, test)]
    info = DatasetInfo(train.shape[1:], ("a", "b"))
    return Dataset("images", "images", info, Split(train, labels[0]), None, Split(test, labels[1]), "")


def pairs_in(train: np.ndarray, test: np.ndarray) -> set[tuple[int, int]]:
    """All pairs that an audit counts as near duplicates."""
    looks = look_at(data_of(train, test))
    distinct = np.flatnonzero(first_equal(looks) == np.arange(len(looks)))
    found = near_pairs(
        looks.thumbnails[distinct], looks.colours[distinct], len(symmetries_of(*train.shape[1:3]))
    )
    return set(map(tuple, distinct[found.pairs].tolist()))


def measure(name: str, images: np.ndarray) -> None:
    """Print what is found among images, uint8 (n, height, width, channels)."""
    start, cpu = time.perf_counter(), time.process_time()
    audit = audit_dataset(data_of(images[:-1], images[-1:]))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    shape = " x ".join(map(str, images.shape))
    print(f"\n{name}, {shape}: {seconds:.2f} s ({cpu:.2f} s of CPU)")
    for finding in audit.findings:
        print(f"  {finding.text}")
    chosen = np.sort(np.random.default_rng(0).choice(len(images), min(COPIES, len(images)), replace=False))
    for text, change in CHANGES.items():
        symmetries = symmetries_of(*images.shape[1:3])
        copies = np.concatenate(
            [transformed(change(images[k])[None], symmetries[1 + n % 7]) for n, k in enumerate(chosen)]
        )
        pairs = pairs_in(images, copies)
        planted = {(int(k), len(images) + n) for n, k in enumerate(chosen)}
        invented = sum(second < len(images) for _, second in pairs)
        print(f"  {text:28s} found {100 * len(pairs & planted) / len(planted):5.1f} %, invented {invented}")


def read(path: Path) -> np.ndarray:
    """The images of a file."""
    if path.suffix == ".npz":
        with np.load(path) as archive:
            images = np.concatenate([archive["x_train"], archive["x_test"]])
        return images if images.ndim == 4 else images[..., None]
    import h5py

    with h5py.File(path, "r") as file:
        return np.asarray(file["x"][:])


def main() -> None:
    """Measure files, or what cnnlab brings along, and the time for noise of the size of PatchCamelyon's patches."""
    if len(sys.argv) > 1:
        for path in map(Path, sys.argv[1:]):
            measure(path.name, read(path))
        return
    small = {"size": 96, "train_images": 2000, "validation_images": 2, "test_images": 2}
    for name, parameters in (("mnist10k", {}), ("pcam_synthetic", small)):
        loaded = load_dataset(name, dataset.get(name).parameters(**parameters), data_places(None))
        measure(name, np.concatenate([np.asarray(split.images) for split in loaded.splits().values()]))
    images = np.random.default_rng(0).integers(0, 256, (10_000, 96, 96, 3), dtype=np.uint8)
    start = time.perf_counter()
    audit_dataset(data_of(images[:9000], images[9000:]))
    print(f"\n10,000 images of 96 x 96 x 3: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
