"""What ``cnnlab data list``, ``cnnlab data fetch`` and ``cnnlab data check`` do."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from cnnlab.datasets import locate
from cnnlab.datasets.base import DataPlaces, dataset
from cnnlab.datasets.fetch import FetchError, RemoteFile, fetch, part_of
from cnnlab.datasets.load import check_dataset
from cnnlab.datasets.progress import progress
from cnnlab.datasets.unpack import require_space, unpacked, unpacked_path
from cnnlab.errors import ConfigError, DataError
from cnnlab.registry import Entry


@dataclass(frozen=True)
class Availability:
    """One data set as a listing shows it."""

    name: str
    title: str
    found: str | None  # the file or folder; None where it is missing, or where the config names it
    size: str  # images and their shape in a few words; empty where unknown
    note: str


def availability(places: DataPlaces) -> list[Availability]:
    """Return a row for each registered data set, by name. Nothing is downloaded and no content is checked."""
    return [_row(dataset.get(name), places) for name in dataset]


def _row(entry: Entry, places: DataPlaces) -> Availability:
    traits = entry.traits
    found, note = None, traits.get("note", "")
    try:
        path = traits["find"](places) if "find" in traits else None
        found = None if path is None else str(path)
    except DataError as error:
        note = str(error)
    title = traits.get("title") or entry.summary or entry.name
    return Availability(entry.name, title, found, traits.get("size", ""), note)


@dataclass(frozen=True)
class Fetched:
    """A file that is there now, and whether it had to be fetched."""

    path: Path
    bytes: int
    fetched: bool

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def fetchable() -> list[str]:
    """The names of the data sets that can be fetched."""
    return [name for name in dataset if "remote" in dataset.get(name).traits]


def fetch_dataset(
    name: str, splits: Sequence[str] | None, places: DataPlaces, report: Callable[[Fetched], None]
) -> list[Fetched]:
    """Bring the files of a data set, unpacked, into the data directory's folder of its name; `report` gets each.

    Raises ConfigError for a name or a split that cannot be fetched, DataError when the disk is too full or a
    download fails; what came so far is kept, and the next call resumes there.
    """
    remotes = _wanted(name, splits)
    folder = (places.explicit or locate.cache_directory()) / name
    missing = [remote for remote in remotes if _present(name, remote, places) is None]
    _require_room(missing, folder)
    done = []
    for remote in remotes:
        path = _present(name, remote, places)
        entry = Fetched(path, path.stat().st_size, False) if path is not None else _bring(remote, folder)
        done.append(entry)
        report(entry)
    return done


def _wanted(name: str, splits: Sequence[str] | None) -> list[RemoteFile]:
    remote = dataset.get(name).traits.get("remote")
    if remote is None:
        raise ConfigError(
            f"the data set '{name}' cannot be fetched; those that can are {', '.join(fetchable())}."
        )
    unknown = [split for split in splits or () if split not in remote]
    if unknown:
        raise ConfigError(f"--splits: '{name}' has no split '{unknown[0]}'; it has {', '.join(remote)}.")
    return [file for split in remote if splits is None or split in splits for file in remote[split]]


def _present(name: str, remote: RemoteFile, places: DataPlaces) -> Path | None:
    """The file, unpacked where it is to be unpacked, in any folder that is searched; None where it is nowhere."""
    filename = unpacked_path(Path(remote.filename), Path()).name
    if places.explicit is not None and places.explicit.is_file():
        raise ConfigError(f"{places.explicit} (from {places.named_by}) is a file, expected a folder.")
    candidates = (folder / filename for folder in locate.search_directories(places, name))
    return next((path for path in candidates if path.is_file()), None)


def _require_room(remotes: Sequence[RemoteFile], folder: Path) -> None:
    """Raise DataError unless the files fit on the disk: all of them unpacked, beside the largest packed one."""
    if not remotes:
        return
    there = sum(
        part_of(remote, folder).stat().st_size for remote in remotes if part_of(remote, folder).is_file()
    )
    packed = max(remote.size or 0 for remote in remotes)
    final = sum(remote.unpacked_size or remote.size or 0 for remote in remotes)
    require_space(folder, max(0, final + packed - there), f"Fetching {len(remotes)} files")


def _bring(remote: RemoteFile, folder: Path) -> Fetched:
    try:
        path = fetch(remote, folder)
    except FetchError as error:
        raise DataError(
            f"Fetching {remote.filename} from {remote.url} came to nothing: {error}. Run the command again, or "
            f"download the file yourself and put it into {folder}."
        ) from None
    if remote.filename.endswith(".gz"):
        packed, read = path, 0
        with progress("Unpacking", packed.name, remote.size) as show:

            def advance(count: int) -> None:
                nonlocal read
                read += count
                show(read)

            path = unpacked(packed, advance)
        packed.unlink()
    return Fetched(path, path.stat().st_size, True)


@dataclass(frozen=True)
class FileReport:
    """One file of a data set: whether it is there and sound, and a note about it."""

    path: Path
    status: Literal["ok", "missing", "damaged"]
    message: str  # what it holds, or what is wrong


def is_own(name: str) -> bool:
    """Whether a data set is a person's own, whose parameters say where it lies."""
    return any(field.is_required() for field in dataset.get(name).parameters.model_fields.values())


def check_files(name: str, places: DataPlaces) -> list[FileReport]:
    """Look at every file of a data set, and report on each.

    A data set that does not list its files is loaded as for training; it is one file then.
    For a data set that is not a person's own: see `is_own`.
    """
    entry = dataset.get(name)
    if "files" in entry.traits:
        return list(entry.traits["files"](places))
    try:
        loaded = check_dataset(name, entry(places, parameters=entry.parameters()))
    except DataError as error:
        found = entry.traits["find"](places) if "find" in entry.traits and _exists(places) else None
        return [FileReport(found or Path(name), "damaged" if found else "missing", str(error))]
    counts = ", ".join(f"{len(split):,} {part}" for part, split in loaded.splits().items())
    return [
        FileReport(
            Path(loaded.source), "ok", f"{counts} images, {'x'.join(map(str, loaded.info.image_shape))}"
        )
    ]


def _exists(places: DataPlaces) -> bool:
    return places.explicit is None or places.explicit.exists()
