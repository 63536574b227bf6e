"""Images with structure, changed as copies of images are, and data sets of them."""

import io

import numpy as np

from cnnlab.datasets.base import Dataset, DatasetInfo, Split


def textured(n: int, height: int = 32, width: int = 32, channels: int = 3, seed: int = 0) -> np.ndarray:
    """Smooth random images, uint8 (n, height, width, channels), no two of them alike."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(20, 236, (n, 8, 8, channels))
    rows, columns = np.arange(height) * 8 // height, np.arange(width) * 8 // width
    fine = coarse[:, rows][:, :, columns] + rng.integers(-12, 13, (n, height, width, channels))
    return fine.clip(0, 255).astype(np.uint8)


def dataset_of(
    train: np.ndarray,
    test: np.ndarray | None = None,
    validation: np.ndarray | None = None,
    labels: dict[str, list[int]] | None = None,
    names: dict[str, list[str]] | None = None,
) -> Dataset:
    """A data set of two classes, whose labels are 0, 1, 0, 1, ... unless they are given."""

    def split(part: str, images: np.ndarray) -> Split:
        given = (labels or {}).get(part)
        every = np.arange(len(images)) % 2 if given is None else np.array(given)
        called = (names or {}).get(part)
        return Split(images, every.astype(np.int64), None if called is None else np.array(called))

    return Dataset(
        name="sample",
        title="Sample",
        info=DatasetInfo(train.shape[1:], ("cat", "dog")),
        train=split("train", train),
        validation=None if validation is None else split("validation", validation),
        test=None if test is None else split("test", test),
        source="",
    )


def as_jpeg(image: np.ndarray, quality: int = 85) -> np.ndarray:
    """The image after it was saved as JPEG."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image.squeeze()).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)).reshape(image.shape)


def resized(image: np.ndarray, by: int) -> np.ndarray:
    """The image after it was made larger by so many pixels, and as large as before again."""
    from PIL import Image

    height, width = image.shape[:2]
    other = Image.fromarray(image.squeeze()).resize((width + by, height + by), Image.Resampling.BILINEAR)
    return np.asarray(other.resize((width, height), Image.Resampling.BILINEAR)).reshape(image.shape)


def brighter(image: np.ndarray, factor: float) -> np.ndarray:
    """The image with its values multiplied."""
    return np.rint(image * factor).clip(0, 255).astype(np.uint8)
