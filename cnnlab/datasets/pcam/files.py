"""PatchCamelyon on disk: which editions a data set takes, and one part out of their files."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.arrays.hdf5_labels import stored_groups, stored_labels
from cnnlab.datasets.arrays.spellings import usual
from cnnlab.datasets.base import DataPlaces
from cnnlab.datasets.fetch import RemoteFile
from cnnlab.datasets.locate import require_explicit, search_directories
from cnnlab.datasets.pcam.missing import missing_file
from cnnlab.datasets.pcam.search import (
    KAGGLE,
    PARTS,
    PLAIN,
    PREFIX,
    SPOKEN,
    ZENODO,
    PcamFiles,
    find_files,
    folders_in,
)
from cnnlab.datasets.stored import StoredImages
from cnnlab.datasets.unpack import unpacked
from cnnlab.errors import DataError, counted

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


NAMES = {
    ZENODO: {part: f"{PREFIX}_{part}_x.h5" for part in PARTS},
    KAGGLE: {"train": "training_split.h5", "valid": "validation_split.h5", "test": "test_split.h5"},
    PLAIN: {"train": "train.h5", "valid": "valid.h5", "test": "test_x.h5"},
}
"""What each edition calls its files of images."""


@dataclass(frozen=True)
class PcamLayout:
    """What a data set takes for its own. editions: of its files, the first found is taken."""

    dataset: str
    side: int  # pixels, as published
    counts: dict[str, int]  # images of each part, as published
    editions: tuple[str, ...]
    also_in: tuple[str, ...] = ()  # further folders in the data directory

    @property
    def first(self) -> str:
        """What the file of training images is called."""
        return NAMES[self.editions[0]]["train"]

    def searched(self, places: DataPlaces) -> list[Path]:
        """The folders to look into, the first that holds any of the files first."""
        also = [] if places.explicit is None else [places.explicit / name for name in self.also_in]
        return search_directories(places, self.dataset, also)

    def _around(self, places: DataPlaces) -> list[Path]:
        """The same folders, and before the user cache those one level below and above the data directory."""
        first = self.searched(places)
        if places.explicit is None:
            return first
        names = ("", self.dataset, *self.also_in)
        around = [*folders_in(places.explicit), places.explicit.parent]
        near = [folder / name for folder in around for name in names]
        return list(dict.fromkeys([*(f for f in first if f.is_relative_to(places.explicit)), *near, *first]))

    def find(self, places: DataPlaces) -> PcamFiles | None:
        """The files in the first folder that holds images of the set, or None.

        Raises DataError when what the person named does not exist or is a file, and where two files are for the same.
        """
        require_explicit(places)
        if places.explicit is not None and places.explicit.is_file():
            raise DataError(
                f"{places.explicit} (from {places.named_by}) is a file, expected the folder that holds the files of "
                f"'{self.dataset}': name the folder."
            )
        files = find_files(self._around(places), self.editions)
        return None if files is None else replace(files, dataset=self.dataset)

    def folder(self, places: DataPlaces) -> Path | None:
        """The folder of the images, or None; raises DataError as `find` does."""
        files = self.find(places)
        return None if files is None else files.folder


ORIGINAL = PcamLayout("pcam", SIDE, COUNTS, (ZENODO, KAGGLE, PLAIN))
LAB = PcamLayout("pcam_lab", LAB_SIDE, LAB_COUNTS, (PLAIN,), also_in=("pcam",))


def part_images(files: PcamFiles, part: str, crop: int | None = None) -> StoredImages | None:
    """The images of "train", "valid" or "test"; None for test images that are not there.

    Raises DataError, naming the file, when others are missing, or when it is damaged.
    """
    if part == "test" and part not in files.images:
        return None
    return stored_images(_unpacked(files, image_path(files, part)), crop, SMALLEST_SIDE, SPOKEN[part])


def part_labels(files: PcamFiles, part: str, count: int | None) -> np.ndarray | None:
    """The labels of a part of `count` images (None: unknown), int64 (count,); None for test images without labels.

    Raises DataError, naming the file, when others are missing, when they are in two files, or when one is damaged.
    """
    path = label_path(files, part)
    if path is None:
        return None
    labels = stored_labels(_unpacked(files, path), SPOKEN[part])
    if labels is None:
        raise DataError(
            f"{path} has no array of labels, under a key such as {usual('labels')}, and there is no file of labels "
            f"beside it, such as {label_name(files, part)}: the {part} part needs labels."
        )
    if count is not None and len(labels) != count:
        raise DataError(
            f"{path} holds {counted(len(labels), 'label')}, and {image_path(files, part).name} "
            f"{counted(count, 'image')}, expected as many."
        )
    return labels


def label_path(files: PcamFiles, part: str) -> Path | None:
    """The file to read a part's labels from, which need not exist; None where those of the test part are hidden.

    Raises DataError where there are two files with labels.
    """
    images, own = files.images.get(part), files.labels.get(part)
    within = images is not None and stored_labels(_unpacked(files, images), SPOKEN[part]) is not None
    if within and own is not None:
        raise DataError(
            f"{images} and {own} both hold labels of the {part} part: take those of one file out."
        )
    if own is not None or within or part == "test":
        return images if within else own
    return image_path(files, part) if files.edition == PLAIN else files.folder / label_name(files, part)


def label_name(files: PcamFiles, part: str) -> str:
    """What a file of labels is called."""
    return f"{part}_y.h5" if files.edition == PLAIN else f"{PREFIX}_{part}_y.h5"


def image_path(files: PcamFiles, part: str) -> Path:
    """The file of a part's images, which need not exist."""
    return files.images.get(part, files.folder / NAMES[files.edition][part])


def part_groups(files: PcamFiles, part: str, count: int) -> np.ndarray | None:
    """What each of a part's images was taken from, text (count,); None where neither file of the part says so."""
    for path in (files.images.get(part), files.labels.get(part)):
        groups = None if path is None else stored_groups(_unpacked(files, path), count, SPOKEN[part])
        if groups is not None:
            return groups
    return None


def _unpacked(files: PcamFiles, path: Path) -> Path:
    """The file, unpacked where it is packed; raises DataError, naming it and the way out, where it is missing."""
    if not path.is_file():
        raise missing_file(files, path)
    return unpacked(path) if path.suffix == ".gz" else path
