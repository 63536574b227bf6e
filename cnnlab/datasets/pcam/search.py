"""Where the files of PatchCamelyon lie: every edition that people have, in every folder that their unpackers make."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, product
from pathlib import Path

from cnnlab.datasets.arrays.spellings import spelling
from cnnlab.errors import DataError, shown

PARTS = ("train", "valid", "test")
SPOKEN = {"train": "train", "valid": "validation", "test": "test"}
"""The parts as the rest of cnnlab calls them, and as the names of arrays have them."""
PREFIX = "camelyonpatch_level_2_split"
ENDINGS = (".h5", ".hdf5")
MOST_FOLDERS = 50  # that are looked into below a data directory
MOST_ENTRIES = 1_000_000  # of one folder that are looked at

ZENODO, KAGGLE, PLAIN = "zenodo", "kaggle", "plain"
"""Editions: `camelyonpatch_level_2_split_train_x.h5`; `training_split.h5`; `train.h5`, `train_x.h5` and so on."""
EDITIONS = (ZENODO, KAGGLE, PLAIN)
LABEL_EDITIONS = {ZENODO: (ZENODO,), KAGGLE: (ZENODO, KAGGLE, PLAIN), PLAIN: (PLAIN,)}
"""How files of labels may be called, first come first, by the edition of the images."""

Meaning = tuple[str, str, str]  # edition, "images" or "labels", part


@dataclass(frozen=True)
class PcamFiles:
    """One edition of the set. images: in `folder`, by part; labels: by part, where they have a file of their own."""

    folder: Path
    edition: str
    images: dict[str, Path]
    labels: dict[str, Path] = field(default_factory=dict)
    dataset: str = "pcam"

    def reading(self) -> str:
        """A sentence: which file holds what."""
        parts = []
        for part in (part for part in PARTS if part in self.images):
            names = [self._name(files[part]) for files in (self.images, self.labels) if part in files]
            parts.append(f"{SPOKEN[part]} from {' and '.join(names)}")
        return f"{self.folder}: {'; '.join(parts)}."

    def _name(self, path: Path) -> str:
        """A file as a sentence calls it: from the folder of the images, or from the one above."""
        above = self.folder if path.is_relative_to(self.folder) else self.folder.parent
        return shown(path.relative_to(above), 200)


def find_files(folders: Iterable[Path], editions: Iterable[str]) -> PcamFiles | None:
    """The files of the first edition that any of the folders has images of, in the first folder that has them.

    A folder with training images comes before one without. Labels that have files of their own are beside the images,
    or in a folder Labels there or beside that folder. Raises DataError where two files are for the same.
    """
    places, meanings = list(folders), cache(_meanings)
    for edition, part in product(editions, PARTS):
        folder = next((place for place in places if (edition, "images", part) in meanings(place)), None)
        if folder is not None:
            images = _chosen(meanings(folder), edition, "images", PARTS)
            return PcamFiles(folder, edition, images, _labels(folder, edition))
    return None


def _labels(folder: Path, edition: str) -> dict[str, Path]:
    """The nearest file of labels for each part."""
    found: dict[str, Path] = {}
    for place in (folder, *_label_folders(folder), folder.parent, *_label_folders(folder.parent)):
        meanings = _meanings(place)
        for name in LABEL_EDITIONS[edition]:
            found |= _chosen(meanings, name, "labels", [part for part in PARTS if part not in found])
    return found


def _label_folders(folder: Path) -> list[Path]:
    """Folders called Labels in a folder, and such folders in these."""
    outer = [path for path in _folders(folder) if path.name.lower() in ("labels", "label")]
    return [*outer, *(inner for path in outer for inner in _label_folders(path))]


def _chosen(
    meanings: dict[Meaning, list[Path]], edition: str, kind: str, parts: Iterable[str]
) -> dict[str, Path]:
    """By part; raises DataError where two files are for the same."""
    chosen = {}
    for part in parts:
        paths = meanings.get((edition, kind, part), [])
        if len(paths) > 1:
            names = " and ".join(shown(path.name, 100) for path in paths[:2])
            raise DataError(
                f"{paths[0].parent} holds both {names}, expected one file with the {kind} of the {part} part: move or "
                "rename the other."
            )
        if paths:
            chosen[part] = paths[0]
    return chosen


def _meanings(folder: Path) -> dict[Meaning, list[Path]]:
    """The HDF5 files of a folder whose names say what they hold."""
    found: dict[Meaning, list[Path]] = {}
    for path in hdf5_files(folder):
        meaning = _meaning(_stem(path.name) or "")
        if meaning is not None:
            found.setdefault(meaning, []).append(path)
    return found


def _meaning(stem: str) -> Meaning | None:
    """What the name of a file without its ending says; images are meant where it says neither."""
    name, edition = stem.lower(), PLAIN
    if name.startswith(PREFIX):
        name, edition = name.removeprefix(PREFIX), ZENODO
    elif "_split" in name:
        name, edition = name.replace("_split", ""), KAGGLE
    says = spelling(name.removeprefix("pcam_"))
    if says is None or says.part is None or says.kind == "groups":
        return None
    return edition, says.kind or "images", "valid" if says.part == "validation" else says.part


def hdf5_files(folder: Path) -> list[Path]:
    """The HDF5 files in a folder, by name, each also in a folder of its own name.

    Of a file that is there packed (.gz) and unpacked, the unpacked one.
    """
    found: dict[str, Path] = {}
    for entry in sorted(entries(folder), key=_is_folder):  # files come first
        stem = _stem(entry.name)
        if _is_folder(entry):
            for path in _own_files(Path(entry.path), entry.name if stem is None else stem)[:1]:
                found.setdefault(_plain(path.name), path)
        elif stem is not None and Path(entry.path).is_file():
            found.setdefault(_plain(entry.name), Path(entry.path))  # name.h5 stands before name.h5.gz
    return list(found.values())


def _own_files(folder: Path, stem: str) -> list[Path]:
    """Files of the name `stem` in a folder, unpacked ones first."""
    names = [f"{stem}{ending}{packed}" for packed in ("", ".gz") for ending in ENDINGS]
    return [folder / name for name in names if (folder / name).is_file()]


def _packed(name: str) -> bool:
    return name.lower().endswith(".gz")


def _plain(name: str) -> str:
    """The name of a file once it is unpacked."""
    return name[:-3] if _packed(name) else name


def _stem(name: str) -> str | None:
    """The name of an HDF5 file, packed or not, without its ending; None for other files."""
    stem, ending = os.path.splitext(_plain(name))  # noqa: PTH122
    return stem if ending.lower() in ENDINGS else None


def folders_in(folder: Path) -> list[Path]:
    """The first folders in a folder, by name, without hidden ones."""
    return _folders(folder)[:MOST_FOLDERS]


def _folders(folder: Path) -> list[Path]:
    return [
        Path(entry.path) for entry in entries(folder) if not entry.name.startswith(".") and _is_folder(entry)
    ]


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def entries(folder: Path) -> list["os.DirEntry[str]"]:
    """What lies in a folder, by name; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(islice(found, MOST_ENTRIES), key=lambda entry: entry.name)
    except OSError:
        return []
