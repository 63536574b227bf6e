"""Where data lie: the folder a person named, else the user cache, and where a data set's files are in it."""

import os
from collections.abc import Iterable
from pathlib import Path

from cnnlab.datasets.base import DATA_DIR, DataPlaces
from cnnlab.errors import DataError, first_few, shown

VARIABLE = "CNNLAB_DATA"
MOST_NAMED = 5


class MissingDirectoryError(DataError):
    """The data directory that a person named does not exist; the message is half a sentence that says so."""


def data_places(data_dir: str | Path | None = None, *, download: bool = True) -> DataPlaces:
    """Return the places to search: `data_dir` (from ``--data-dir``), else ``$CNNLAB_DATA``, else the cache.

    Nothing is checked or created here, since a data set that needs no files must work whatever the folder.
    """
    if data_dir is not None:
        return DataPlaces(_absolute(data_dir), download)
    if os.environ.get(VARIABLE):
        return DataPlaces(_absolute(os.environ[VARIABLE]), download, named_by=f"${VARIABLE}")
    return DataPlaces(None, download)


def _absolute(path: str | Path) -> Path:
    return Path(os.path.expanduser(path)).absolute()  # noqa: PTH111  (pathlib raises for an unknown user)


def cache_directory() -> Path:
    """Return the folder in the user cache that holds what cnnlab downloads; it may not exist yet."""
    import platformdirs

    return platformdirs.user_cache_path("cnnlab")


def keras_directory() -> Path:
    """Return the folder where Keras keeps its downloads, `$KERAS_HOME` respected; it may not exist."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".keras") / "datasets"


def search_directories(places: DataPlaces, name: str, also: Iterable[Path] = ()) -> list[Path]:
    """Return the folders to search for the files of data set `name`, first come first.

    They are D and D/<name> for the data directory D, then `also`, then the same two of the user cache, where
    an earlier download may lie. They need not exist.
    """
    cache = cache_directory()
    first = places.explicit or cache
    return list(dict.fromkeys([first, first / name, *also, cache, cache / name]))


def require_explicit(places: DataPlaces) -> None:
    """Raise MissingDirectoryError when the folder or file that a person named does not exist."""
    if places.explicit is not None and not places.explicit.exists():
        raise MissingDirectoryError(
            f"the data directory {places.explicit} (from {places.named_by}) does not exist"
        )


def find_file(places: DataPlaces, name: str, filename: str, also: Iterable[Path] = ()) -> Path | None:
    """Return the first `filename` in the folders of data set `name`, or None.

    Where the person named a file in place of a folder, it is this file whatever its name. Raises
    MissingDirectoryError when what the person named does not exist.
    """
    require_explicit(places)
    if places.explicit is not None and places.explicit.is_file():
        return places.explicit
    candidates = (folder / filename for folder in search_directories(places, name, also))
    return next((path for path in candidates if path.is_file()), None)


def own_data(path: Path, places: DataPlaces, *, folder: bool) -> Path:
    """Where a person's own file (or folder) lies that a config calls `path`: it may have been moved since.

    In the folder D that ``--data-dir`` names it is looked for by the end of `path`, the longest first: D/data/own.npz,
    then D/own.npz; D may also be the file, or the folder, itself. Then at `path`, and last at D whatever its name is.
    $CNNLAB_DATA, which is for all data sets, only counts where nothing is at `path`.

    Raises DataError, with the way out, where it is nowhere.
    """
    named = places.explicit
    moved: list[Path] = []
    if named is not None:
        moved = [named.joinpath(*path.parts[first:]) for first in range(1, len(path.parts))]
        moved += [named] if named.name == path.name else []
    candidates = [path, *moved] if places.named_by != DATA_DIR else [*moved, path]
    candidates += [] if named is None else [named]
    found = next((each for each in candidates if (each.is_dir() if folder else each.is_file())), None)
    if found is None and path.exists():
        return path  # something else, of which its reader says what
    if found is None:
        raise DataError(_nowhere(path, places, folder=folder))
    return found


def _nowhere(path: Path, places: DataPlaces, *, folder: bool) -> str:
    missing = (
        f"The folder {path} does not exist" if folder else f"{path} cannot be read: there is no such file"
    )
    searched = ""
    if places.explicit is not None:
        there = _others(places.explicit, path.suffix)
        searched = (
            f", and none called {shown(path.name)} in {places.explicit} (from {places.named_by}){there}"
        )
    kind = "folder" if folder else "file"
    return (
        f"{missing}{searched}. If it was moved, name the folder that it lies in now, or the {kind} itself, with "
        f"--data-dir; else correct the path in the config."
    )


def _others(place: Path, suffix: str) -> str:
    """Say what else of its kind lies in a folder: what was renamed may be among it."""
    if not place.exists():
        return ", which does not exist"
    try:
        names = sorted(each.name for each in place.iterdir() if each.suffix == suffix)
    except OSError:  # a file, or a folder that may not be read
        return ""
    return f", which holds {first_few([shown(name) for name in names], MOST_NAMED)}" if names else ""
