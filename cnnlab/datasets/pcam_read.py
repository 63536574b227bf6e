"""One part of PatchCamelyon from its file or its two."""

from pathlib import Path

import numpy as np

from cnnlab.datasets.hdf5 import stored_images, stored_labels
from cnnlab.datasets.pcam_layout import ORIGINAL, Layout
from cnnlab.datasets.stored import StoredImages
from cnnlab.datasets.unpack import unpacked
from cnnlab.errors import DataError

SMALLEST_SIDE = 32  # pixels: the label is about the central 32x32


def part_images(layout: Layout, folder: Path, part: str, crop: int | None = None) -> StoredImages | None:
    """The images of "train", "valid" or "test"; None for test images that are not there.

    Raises DataError, naming the file, when others are missing, or when it is damaged.
    """
    path, _ = layout.files(folder, part)
    if part == "test" and not path.is_file():
        return None
    return stored_images(plain(layout, path), crop, SMALLEST_SIDE)


def part_labels(layout: Layout, folder: Path, part: str, count: int | None) -> np.ndarray | None:
    """The labels of a part of `count` images (None: unknown), int64 (count,); None for test images without labels.

    Raises DataError, naming the file, when others are missing, or when it is damaged.
    """
    images, labels_path = layout.files(folder, part)
    path = labels_path or images
    if part == "test" and not path.is_file():
        return None
    labels = stored_labels(plain(layout, path))
    if labels is None:
        if part == "test" and labels_path is None:
            return None
        raise DataError(f"{path} has no array 'y': the {part} part needs labels.")
    if count is not None and len(labels) != count:
        raise DataError(
            f"{path}: y holds {len(labels)} labels, and x of {images.name} {count} images, expected as many."
        )
    return labels


def plain(layout: Layout, path: Path) -> Path:
    """The file, unpacked where it is packed; raises DataError, naming it and the ways out, where it is missing."""
    if not path.is_file():
        raise DataError(
            f"The data set '{layout.dataset}' needs {path.name}, which is missing in {path.parent}. {ways_out(layout)}"
        )
    return unpacked(path) if path.suffix == ".gz" else path


def ways_out(layout: Layout) -> str:
    """What to do where files are missing."""
    fetch = "Fetch them with 'cnnlab data fetch pcam', or name" if layout is ORIGINAL else "Name"
    return f"{fetch} their folder with --data-dir, or add --bundled to use synthetic images that come with cnnlab."
