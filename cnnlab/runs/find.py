"""From what a person types to a run folder: a path, a glob, `latest`, a run's name or a beginning of one."""

import difflib
import fnmatch
import glob
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from cnnlab.errors import RunError
from cnnlab.runs.folder import NAME_PATTERN, RunFolder
from cnnlab.runs.sweeps import cell_paths, is_sweep

DEFAULT_RUNS_DIR = "runs"
VARIABLE = "CNNLAB_RUNS"


def runs_directory(option: str | Path | None = None) -> Path:
    """Return where runs live: the option, else $CNNLAB_RUNS, else ./runs."""
    return expanded(option or os.environ.get(VARIABLE) or DEFAULT_RUNS_DIR)


def expanded(path: str | Path) -> Path:
    """Return the path with ``~`` expanded, or as it is where there is no such user."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  (pathlib raises for an unknown user)


def is_run_folder(path: Path) -> bool:
    """Whether `path` is a folder that a run has begun to fill, damaged ones included."""
    try:
        if not path.is_dir():
            return False
        named = NAME_PATTERN.fullmatch(path.resolve().name) is not None
        return named or any((path / name).is_file() for name in ("status.json", "config.yaml"))
    except OSError:
        return False


def list_runs(runs_dir: Path) -> list[Path]:
    """Return all run folders in `runs_dir`, newest first; whatever else lies there is left out."""
    if not runs_dir.is_dir():
        return []
    entries = (path for path in runs_dir.iterdir() if not path.name.startswith("."))
    return sorted(filter(is_run_folder, entries), key=_age, reverse=True)


def find_run(word: str, runs_dir: Path, *, sweeps: bool = False) -> Path:
    """Return the one run folder that `word` means; of several runs with that very name, the newest.

    Raises RunError when there is none, when several folders begin with `word`, or when it means a sweep's folder,
    unless `sweeps` allows that.
    """
    found = find_runs([word], runs_dir)
    if len(found) > 1:
        raise RunError(f"'{word}' means {len(found)} runs, expected one: {_names(found)}.")
    if is_sweep(found[0]) and not sweeps:
        cells = cell_paths(found[0])
        example = f", such as {cells[0]}" if cells else ", once it has some"
        raise RunError(f"{found[0]} is a sweep: name the run folder of one of its cells{example}.")
    return found[0]


def find_sweep(word: str, runs_dir: Path) -> Path:
    """Return the sweep's folder that `word` means; latest is the newest sweep. Raises RunError for anything else."""
    if word == "latest":
        newest = next(filter(is_sweep, list_runs(runs_dir)), None)
        if newest is None:
            raise RunError(f"There is no sweep in {runs_dir} yet. {_way_out()}")
        return newest
    found = find_run(word, runs_dir, sweeps=True)
    if not is_sweep(found):
        raise RunError(f"{found} is not a sweep, but a single run.")
    return found


def with_cells(paths: Sequence[Path]) -> list[Path]:
    """Return the run folders, in place of a sweep's folder those of its cells."""
    return [path for one in paths for path in (cell_paths(one) if is_sweep(one) else [one])]


def find_runs(words: Sequence[str], runs_dir: Path) -> list[Path]:
    """Return the run folders that `words` mean, in that order, each once; without words the newest run.

    Raises RunError, with the nearest names, for a word that means nothing.
    """
    found: dict[Path, Path] = {}
    runs = _Listing(runs_dir)
    for word in words or ["latest"]:
        for path in _resolve(word, runs):
            found.setdefault(path.resolve(), path)
    return list(found.values())


class _Listing:
    """A runs directory, listed once and only when a word asks for it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @cached_property
    def runs(self) -> list[Path]:
        return list_runs(self.directory)


def _resolve(word: str, listing: _Listing) -> list[Path]:
    if not word:
        raise RunError("An empty name means no run.")
    if is_run_folder(expanded(word)):
        return [expanded(word)]
    if word == "latest":
        return [_latest(listing)]
    if any(mark in word for mark in "*?["):
        return _glob(word, listing)
    exact = [run for run in listing.runs if run.name == word]
    same_name = exact or [run for run in listing.runs if RunFolder(run).name == word]
    if same_name:
        return same_name[:1]
    return [_by_beginning(word, listing)]


def _latest(listing: _Listing) -> Path:
    if not listing.runs:
        raise RunError(f"There is no run in {listing.directory} yet. {_way_out()}")
    return listing.runs[0]


def _glob(word: str, listing: _Listing) -> list[Path]:
    """Return what the pattern matches, as a path or within the runs directory, newest first."""
    here = list(filter(is_run_folder, map(Path, glob.glob(os.path.expanduser(word)))))  # noqa: PTH111, PTH207
    there = [run for run in listing.runs if fnmatch.fnmatch(run.name, word)]
    runs = sorted(here or there, key=_age, reverse=True)
    if not runs:
        raise RunError(f"No run folder matches '{word}', here or in {listing.directory}. {_way_out()}")
    return runs


def _by_beginning(word: str, listing: _Listing) -> Path:
    """Return the one folder whose name, or whose run's name or hash, begins with `word`."""
    runs = listing.runs
    matches = [run for run in runs if any(part.startswith(word) for part in _parts(run))]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise RunError(f"'{word}' fits {len(matches)} runs, write more of it: {_names(matches)}.")
    if Path(word).exists():
        raise RunError(f"{word} is not a run folder: it has neither status.json nor config.yaml.")
    names = {part: run for run in reversed(runs) for part in _parts(run)}
    near = [names[name] for name in difflib.get_close_matches(word, names, n=3, cutoff=0.5)]
    hint = f" Near it: {_names(list(dict.fromkeys(near)))}." if near else f" {_way_out()}"
    raise RunError(f"There is no run '{word}' in {listing.directory}.{hint}")


def _parts(run: Path) -> list[str]:
    match = NAME_PATTERN.fullmatch(run.name)
    return [run.name, match["name"], match["hash"]] if match else [run.name]


def _names(runs: list[Path]) -> str:
    shown = ", ".join(run.name for run in runs[:5])
    return f"{shown} and {len(runs) - 5} more" if len(runs) > 5 else shown


def _way_out() -> str:
    return "Name a folder, or the runs directory with --runs-dir DIR or $CNNLAB_RUNS."


def _age(run: Path) -> tuple[str, int]:
    """Return a key that grows with the time of a run's start."""
    match = NAME_PATTERN.fullmatch(run.resolve().name)
    if match is not None:
        return match["stamp"], int(match["number"] or 1)
    return _stamp_of_renamed(run), 0


def _stamp_of_renamed(run: Path) -> str:
    from datetime import datetime

    try:
        return f"{datetime.fromtimestamp(run.stat().st_mtime):%Y%m%d-%H%M%S}"
    except OSError:
        return ""
