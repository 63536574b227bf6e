"""PatchCamelyon on disk: the six original files, packed or not, or the lab's three; and one part out of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab.datasets.base import DataPlaces
from cnnlab.datasets.fetch import RemoteFile
from cnnlab.datasets.hdf5 import stored_images, stored_labels
from cnnlab.datasets.locate import require_explicit, search_directories
from cnnlab.datasets.stored import StoredImages
from cnnlab.datasets.unpack import unpacked
from cnnlab.errors import DataError, counted

PARTS = ("train", "valid", "test")
PREFIX = "camelyonpatch_level_2_split"
SIDE = 96  # pixels
COUNTS = {"train": 262_144, "valid": 32_768, "test": 32_768}
LAB_SIDE = 32
SMALLEST_SIDE = 32  # pixels: the label is about the central 32x32
LAB_COUNTS = {"train": 100_000, "valid": 32_768, "test": 32_768}
LICENCE = (
    "PatchCamelyon by B. S. Veeling, J. Linmans, J. Winkens, T. Cohen and M. Welling (2018), licence CC0 1.0, "
    "https://zenodo.org/records/2546921"
)

# Size in bytes and SHA-256 of the packed files.
_PUBLISHED = {
    "train_x": (6421353462, "d619e741468a7ab35c7e4a75e6821b7e7e6c9411705d45708f2a0efc8960656c"),
    "train_y": (21378, "b74126d2c01b20d3661f9b46765d29cf4e4fba6faba29c8e0d09d406331ab75a"),
    "valid_x": (805965320, "f82ee1670d027b4ec388048d9eabc2186b77c009655dae76d624c0ecb053ccb2"),
    "valid_y": (3038, "ce1ae30f08feb468447971cfd0472e7becd0ad96d877c64120c72571439ae48c"),
    "test_x": (800875929, "79174c2201ad521602a5888be8f36ee10875f37403dd3f2086caf2182ef87245"),
    "test_y": (3040, "0a522005fccc8bbd04c5a117bfaf81d8da2676f03a29d7499f71d0a0bd6068ef"),
}


def _remote(key: str) -> RemoteFile:
    part, letter = key.split("_")
    name = f"{PREFIX}_{key}.h5.gz"
    size, sha256 = _PUBLISHED[key]
    content = COUNTS[part] * (SIDE * SIDE * 3 if letter == "x" else 1)
    return RemoteFile(
        name, f"https://zenodo.org/records/2546921/files/{name}?download=1", sha256, size, content + 4096
    )


REMOTE = {part: (_remote(f"{part}_x"), _remote(f"{part}_y")) for part in PARTS}
"""The published files by split."""


@dataclass(frozen=True)
class PcamLayout:
    """One way in which people keep the set."""

    dataset: str
    side: int  # pixels, as published
    counts: dict[str, int]  # images of each part, as published
    images: str  # name of a part's file of images, with {part}
    labels: str | None  # the same of its labels; None where they are in the file of images
    also_in: tuple[str, ...] = ()  # further folders in the data directory

    def files(self, folder: Path, part: str) -> tuple[Path, Path | None]:
        """The files of images and of labels of one part: whichever of name.h5 and name.h5.gz is there, else name.h5.

        The second is None where the labels are in the file of images.
        """
        name = "test_x" if part == "test" and self.labels is None else part
        images = _present(folder / self.images.format(part=name))
        return images, None if self.labels is None else _present(folder / self.labels.format(part=part))

    def searched(self, places: DataPlaces) -> list[Path]:
        """The folders to look into, the first that has any of the files first."""
        also = [] if places.explicit is None else [places.explicit / name for name in self.also_in]
        return search_directories(places, self.dataset, also)

    def folder(self, places: DataPlaces) -> Path | None:
        """The first folder that holds any of the files, or None.

        Raises DataError when what the person named does not exist or is a file.
        """
        require_explicit(places)
        if places.explicit is not None and places.explicit.is_file():
            raise DataError(
                f"{places.explicit} (from {places.named_by}) is a file, expected the folder that holds the files of "
                f"'{self.dataset}': name the folder."
            )
        for folder in self.searched(places):
            if any(
                path is not None and path.is_file() for part in PARTS for path in self.files(folder, part)
            ):
                return folder
        return None


def _present(path: Path) -> Path:
    packed = path.with_name(f"{path.name}.gz")
    return packed if packed.is_file() and not path.is_file() else path


ORIGINAL = PcamLayout("pcam", SIDE, COUNTS, f"{PREFIX}_{{part}}_x.h5", f"{PREFIX}_{{part}}_y.h5")
LAB = PcamLayout("pcam_lab", LAB_SIDE, LAB_COUNTS, "{part}.h5", None, also_in=("pcam",))


def part_images(layout: PcamLayout, folder: Path, part: str, crop: int | None = None) -> StoredImages | None:
    """The images of "train", "valid" or "test"; None for test images that are not there.

    Raises DataError, naming the file, when others are missing, or when it is damaged.
    """
    path, _ = layout.files(folder, part)
    if part == "test" and not path.is_file():
        return None
    return stored_images(unpacked_file(layout, path), crop, SMALLEST_SIDE)


def part_labels(layout: PcamLayout, folder: Path, part: str, count: int | None) -> np.ndarray | None:
    """The labels of a part of `count` images (None: unknown), int64 (count,); None for test images without labels.

    Raises DataError, naming the file, when others are missing, or when it is damaged.
    """
    images, labels_path = layout.files(folder, part)
    path = labels_path or images
    if part == "test" and not path.is_file():
        return None
    labels = stored_labels(unpacked_file(layout, path))
    if labels is None:
        if part == "test" and labels_path is None:
            return None
        raise DataError(f"{path} has no array 'y': the {part} part needs labels.")
    if count is not None and len(labels) != count:
        raise DataError(
            f"{path}: y holds {counted(len(labels), 'label')}, and x of {images.name} {counted(count, 'image')}, "
            "expected as many."
        )
    return labels


def unpacked_file(layout: PcamLayout, path: Path) -> Path:
    """The file, unpacked where it is packed; raises DataError, naming it and the ways out, where it is missing."""
    if not path.is_file():
        raise DataError(
            f"The data set '{layout.dataset}' needs {path.name}, which is missing in {path.parent}. {ways_out(layout)}"
        )
    return unpacked(path) if path.suffix == ".gz" else path


def ways_out(layout: PcamLayout) -> str:
    """What to do where files are missing."""
    fetch = "Fetch them with 'cnnlab data fetch pcam', or name" if layout is ORIGINAL else "Name"
    return f"{fetch} their folder with --data-dir, or add --bundled to use synthetic images that come with cnnlab."
