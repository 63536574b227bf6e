"""A person's own images in folders, one folder for each class."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from cnnlab.config_paths import ConfigPath
from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.listing import pictures_in, visible
from cnnlab.datasets.locate import own_data
from cnnlab.datasets.pictures import ANY_FORMAT, SUFFIXES, Color, read_picture, whitened_note
from cnnlab.datasets.splits import stratified_tail
from cnnlab.errors import DataError, counted, first_few

PARTS = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
}
ALIKE = {**PARTS, "training": "train", "testing": "test", "eval": "test"}
"""What else people call them, in any letters."""
MOST_NAMED = 5
LAYOUT = f"Expected one sub-folder of {ANY_FORMAT} images for each class."

Side = Annotated[int, Field(ge=1)]
ImageSize = Annotated[tuple[Side, Side], Field(strict=False)]  # a YAML list is welcome, text in it is not


@dataset(title="your own images", note="parameters: path, to a folder with one sub-folder for each class")
def folder(
    places: DataPlaces,
    *,
    path: ConfigPath,
    image_size: ImageSize | None = None,
    color: Color | None = None,
    test_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.2,
) -> Dataset:
    """Your own images: a folder with one sub-folder of image files for each class.

    Classes, and the images of each, are taken in the order of their names, numbers in them by value: 2.png before
    10.png. The folder may be divided into train/, validation/ (or valid/, val/) and test/, each with its classes;
    test/ may also hold images alone, whose labels then count as hidden. Hidden files, and what archives and
    systems leave behind (__MACOSX, Thumbs.db), are skipped; other files are left out, and a note says so.

    Parameters:
        path: the folder; a relative path counts from the config's folder. Where it has been moved since,
            --data-dir names the folder that it lies in, or the folder itself.
        image_size: [height, width] to resize to, proportions not kept; null: all have one size already.
        color: gray or rgb; null: as the files are, which must be all the same. Channels have 8 bits; transparent
            pixels are laid over white, with a note; files that would have to be cut, of 16 bits or of several
            pictures, are refused.
        test_fraction: how much of each class becomes the test part where there is no test/: the last images
            by name. It is fixed, the same in every repeat; 0 means no test part.
    """
    path = own_data(path, places, folder=True)
    reader = _Reader(path, (image_size[0], image_size[1]) if image_size is not None else None, color)
    parts = _parts(path)
    names = tuple(each.name for each in _folders(parts["train"]))
    if len(names) < 2:
        place = parts["train"] / names[0] if names else parts["train"]
        which = f", {names[0]}, which holds {_content(place) or 'nothing'}" if names else _instead(place)
        raise DataError(
            f"{parts['train']} holds {counted(len(names), 'class folder')}{which}; expected two or more. {LAYOUT}"
        )
    splits = {part: reader.split(place, names, part == "test") for part, place in parts.items()}
    train, test = splits["train"], splits.get("test")
    if test is None and test_fraction > 0 and train.labels is not None:
        first, tail = stratified_tail(train.labels, test_fraction)
        train, test = train.take(first), (train.take(tail) if len(tail) else None)
    height, width, channels = train.images.shape[1:]
    return Dataset(
        name="folder",
        title=path.name,
        info=DatasetInfo((height, width, channels), names),
        train=train,
        validation=splits.get("validation"),
        test=test,
        source=str(path),
        notes=reader.notes(),
    )


def _parts(path: Path) -> dict[str, Path]:
    """Return the folder of each part that exists; an undivided folder is all "train"."""
    if not path.is_dir():
        found = "is a file" if path.exists() else "does not exist"
        raise DataError(f"The folder {path} {found}. {LAYOUT} Correct the path in the config.")
    folders = _folders(path)
    misnamed = [each.name for each in folders if each.name not in PARTS]
    if misnamed and all(each.name.casefold() in ALIKE for each in folders):
        named = ", ".join(f"{name} as {ALIKE[name.casefold()]}" for name in misnamed)
        raise DataError(
            f"{path} holds {_names(folders)}: the parts of a divided folder are called train, validation and test, in "
            f"small letters; rename {named}."
        )
    if not folders or not any(each.name in PARTS for each in folders):
        return {"train": path}
    others = [each.name for each in folders if each.name not in PARTS]
    parts = {PARTS[each.name]: each for each in folders if each.name in PARTS}
    if "train" not in parts or others or len(parts) < len(folders):
        raise DataError(
            f"{path} holds {', '.join(each.name for each in folders)}; a divided folder holds train/ and at "
            "most one validation/ and one test/, nothing else: move or rename the others."
        )
    return {part: parts[part] for part in ("train", "validation", "test") if part in parts}


def _folders(path: Path) -> list[Path]:
    return [each for each in visible(path) if each.is_dir()]


@dataclass
class _Reader:
    """Reads pictures of one size and colour, and counts the files it leaves out."""

    root: Path
    size: tuple[int, int] | None
    color: Color | None
    left_out: int = 0
    whitened: int = 0
    shape: tuple[int, ...] | None = None
    model: Path | None = None  # the first image, whose shape the others must have

    def split(self, place: Path, names: tuple[str, ...], may_hide_labels: bool) -> Split:
        """Return the images below `place`, class after class, with their labels and file names."""
        folders = {each.name: each for each in _folders(place)}
        if may_hide_labels and not folders:
            return self._read(self._files(place), None)
        if not folders:
            raise DataError(f"{place} holds no class folders. {LAYOUT} Fill the folder or take it out.")
        unknown = [name for name in folders if name not in names]
        if unknown:
            raise DataError(
                f"{place} has a class '{unknown[0]}' that the training images do not have (they have "
                f"{', '.join(names)}): rename it or take it out."
            )
        self.left_out += sum(each.is_file() for each in visible(place))
        files = {name: self._files(folders[name]) for name in names if name in folders}
        labels = [label for label, name in enumerate(names) for _ in files.get(name, ())]
        return self._read(
            [file for each in files.values() for file in each], np.array(labels, dtype=np.int64)
        )

    def _files(self, place: Path) -> list[Path]:
        """Return the pictures directly in `place`."""
        files, left_out = pictures_in(place)
        if not files:
            raise DataError(
                f"{place} holds no {ANY_FORMAT} image{_instead(place)}. {LAYOUT} Fill the folder or take it out."
            )
        self.left_out += left_out
        return files

    def _read(self, files: list[Path], labels: np.ndarray | None) -> Split:
        images = [self._picture(file) for file in files]
        names = np.array([file.relative_to(self.root).as_posix() for file in files])
        return Split(np.stack(images), labels, names)

    def _picture(self, file: Path) -> np.ndarray:
        picture = read_picture(file, self.size, self.color)
        pixels, self.whitened = picture.pixels, self.whitened + picture.whitened
        if self.shape is None:
            self.shape, self.model = pixels.shape, file
        if pixels.shape != self.shape:
            raise DataError(
                f"{file} is {_describe(pixels.shape)} and {self.model} {_describe(self.shape)}, expected all "
                "alike: give the data set image_size: [height, width] and color: gray or rgb to bring them "
                "together."
            )
        return pixels

    def notes(self) -> tuple[str, ...]:
        """Say how many files were left out, and how many were laid over white, if any."""
        left_out = (
            f"{counted(self.left_out, 'file or folder', 'files or folders')} in {self.root} "
            f"{'was' if self.left_out == 1 else 'were'} left out, being no "
            f"{', '.join(SUFFIXES)} file directly in a class folder."
        )
        return (*((left_out,) if self.left_out else ()), *whitened_note(self.whitened))


def _instead(place: Path) -> str:
    content = _content(place)
    return f", but {content}" if content else ""


def _content(place: Path) -> str:
    """What a folder holds, in words."""
    found = visible(place)
    folders = [each for each in found if each.is_dir()]
    endings = sorted({each.suffix or each.name for each in found if each.is_file()})
    parts = [f"{'the folder' if len(folders) == 1 else 'the folders'} {_names(folders)}"] if folders else []
    parts += [f"files ({first_few(endings, MOST_NAMED)})"] if endings else []
    return " and ".join(parts)


def _names(folders: list[Path]) -> str:
    return first_few([each.name for each in folders], MOST_NAMED)


def _describe(shape: tuple[int, ...]) -> str:
    return f"{shape[0]}x{shape[1]} {'gray' if shape[2] == 1 else 'rgb'}"
