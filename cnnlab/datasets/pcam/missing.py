"""What is said where files of PatchCamelyon are missing: what is there, and what to do with it."""

from collections.abc import Iterable
from pathlib import Path

from cnnlab.datasets.pcam.search import (
    EDITIONS,
    ZENODO,
    PcamFiles,
    entries,
    find_files,
    folders_in,
    hdf5_files,
)
from cnnlab.datasets.pictures.picture import SUFFIXES
from cnnlab.errors import DataError, first_few, shown

MOST_NAMED = 6
LOOKED_AT = 1_000  # entries of a folder, to say what is in it
FETCH = "Fetch them with 'cnnlab data fetch pcam', or name"
ELSEWHERE = "their folder with --data-dir, or add --bundled to use synthetic images that come with cnnlab."


def missing_file(files: PcamFiles, path: Path) -> DataError:
    """For a file without which the set, or a part of an edition that is there, cannot be read."""
    there = _names(hdf5_files(files.folder))
    holds = f" (it holds {there})" if there else ""
    if not files.images:
        way = what_to_do(files.dataset, files.folder)
    else:
        way = f"{FETCH} {ELSEWHERE}" if files.edition == ZENODO else f"Add it, or name {ELSEWHERE}"
    return DataError(
        f"The data set '{files.dataset}' needs {path.name}, which is missing in {path.parent}{holds}. {way}"
    )


def what_to_do(dataset: str, named: Path | None) -> str:
    """For a set of which no images are found: what lies in the folder that a person named, and the way out."""
    folders = [] if named is None else [named, *folders_in(named)]
    other = find_files(folders, EDITIONS)
    if other is not None:
        return (
            f"{other.folder} holds {_names(other.images.values())}, which the data set 'pcam' reads: set "
            "data.dataset to pcam."
        )
    files = [path for folder in folders for path in hdf5_files(folder)]
    if files:
        return (
            f"There is {_names(files)}, whose names do not say of which part they are: call them train.h5, valid.h5 "
            f"and test_x.h5, or name {ELSEWHERE}"
        )
    pictures = next((path for folder in folders if (path := _picture(folder)) is not None), None)
    if pictures is not None:
        return (
            f"{named} holds image files, such as {shown(pictures.relative_to(named or pictures), 100)}: set "
            f"data.dataset to folder and data.path to {named}."
        )
    return f"{FETCH if dataset == 'pcam' else 'Name'} {ELSEWHERE}"


def _names(paths: Iterable[Path]) -> str:
    return first_few([shown(path.name, 100) for path in paths], MOST_NAMED)


def _picture(folder: Path) -> Path | None:
    """An image file directly in a folder, or in one of the first folders there."""
    for place in (folder, *folders_in(folder)):
        for entry in entries(place)[:LOOKED_AT]:
            path = Path(entry.path)
            if path.suffix.lower() in SUFFIXES and path.is_file():
                return path
    return None
