"""Which Parquet files of a folder make up which part, as Hugging Face names them: `train-00000-of-00002.parquet`."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cnnlab.datasets.folders.listing import NaturalKey, natural_order
from cnnlab.datasets.folders.part_names import part_of
from cnnlab.errors import DataError, counted, first_few, shown

SUFFIX = ".parquet"
SHARD = re.compile(r"-(?P<number>[0-9]{5})-of-(?P<count>[0-9]{5})(-[0-9a-f]+)?$")
DEEPEST = 3  # folders below the one that is named
MOST_ENTRIES = 1_000_000  # that are looked at
MOST_FILES = 10_000
MOST_NAMED = 5


def parquet_files(path: Path) -> Mapping[str, Sequence[Path]]:
    """The files of each part, in order: of `path`, or in it; none where there is no such file.

    A file whose name says no part is of its folder's part, else of the training part; so is a file that is named alone.
    Raises DataError where pieces are
    missing, and where a part has files in several folders, which are several data sets.
    """
    found = [path] if path.is_file() and path.suffix.lower() == SUFFIX else sorted(_below(path), key=_order)
    if len(found) > MOST_FILES:
        raise DataError(f"{path} holds {len(found):,} Parquet files, expected at most {MOST_FILES:,}.")
    parts: dict[str, list[Path]] = {}
    for file in found:
        parts.setdefault(_part(file, path), []).append(file)
    for part, files in parts.items():
        _require_one_folder(path, part, files)
        _require_all_pieces(path, part, files)
    return parts


def _order(file: Path) -> NaturalKey:
    return natural_order(str(file))


def _below(folder: Path) -> Iterator[Path]:
    """The Parquet files in a folder and, without hidden ones, in folders in it."""
    looked_at = 0
    for place, folders, files in os.walk(folder):
        looked_at += len(files) + len(folders)
        below = len(Path(place).relative_to(folder).parts)
        folders[:] = [] if below >= DEEPEST or looked_at > MOST_ENTRIES else sorted(_visible(folders))
        for name in _visible(files):
            if name.lower().endswith(SUFFIX) and (Path(place) / name).is_file():
                yield Path(place) / name


def _visible(names: Sequence[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _part(file: Path, root: Path) -> str:
    if file == root:
        return "train"
    above = part_of(file.parent.name) if file.parent != root else None
    return part_of(SHARD.sub("", file.stem)) or above or "train"


def _require_one_folder(path: Path, part: str, files: Sequence[Path]) -> None:
    folders = sorted({str(file.parent) for file in files})
    if len(folders) > 1:
        raise DataError(
            f"{path} holds Parquet files of the {part} part in {len(folders)} folders, "
            f"{first_few([shown(each, 200) for each in folders], MOST_NAMED)}, expected one data set: name its folder "
            "with data.path."
        )


def _require_all_pieces(path: Path, part: str, files: Sequence[Path]) -> None:
    """Raise DataError where a file says that there are more of its kind."""
    pieces = [piece for file in files if (piece := SHARD.search(file.stem)) is not None]
    counts = {int(piece["count"]) for piece in pieces}
    there = {int(piece["number"]) for piece in pieces}
    if not pieces:
        return
    if len(counts) > 1 or len(pieces) < len(files) or len(there) < len(pieces):
        names = first_few([shown(file.name, 100) for file in files], MOST_NAMED)
        raise DataError(
            f"{path}: the files {names} are of different divisions of the {part} part: take out those of the other."
        )
    missing = sorted(set(range(min(counts.pop(), MOST_FILES))) - there)
    if missing:
        raise DataError(
            f"{path} lacks {counted(len(missing), 'file')} of the {part} part, beside {shown(files[0].name, 100)}: "
            f"{first_few([f'{number:05}' for number in missing], MOST_NAMED)}. Download what is missing."
        )
