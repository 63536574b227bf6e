"""From what a person types to a run folder: a path, `latest`, a run's name, a part of one, or a glob of names."""

import difflib
import fnmatch
import glob
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from cnnlab.errors import RunError, shown
from cnnlab.runs.folder import NAME_PATTERN, RunFolder
from cnnlab.runs.overview import overview
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
    """Return the one run folder that `word` means; of several runs of one name, the newest.

    Raises RunError when there is none, when `word` is a part of several names, or when it means a sweep's folder,
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
    try:
        found = _resolve(word, _Listing(runs_dir, is_sweep))
    except RunError:
        if word == "latest":
            raise RunError(f"There is no sweep in {runs_dir} yet. {_way_out()}") from None
        found = [find_run(word, runs_dir, sweeps=True)]  # or its error, with the runs among the candidates
    if len(found) > 1:
        raise RunError(f"'{word}' means {len(found)} sweeps, expected one: {_names(found)}.")
    if not is_sweep(found[0]):
        raise RunError(f"{found[0]} is not a sweep, but a single run.")
    return found[0]


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

    def __init__(self, directory: Path, wanted: Callable[[Path], bool] = is_run_folder) -> None:
        self.directory, self.wanted = directory, wanted

    @cached_property
    def runs(self) -> list[Path]:
        """The run folders, newest first."""
        return list(filter(self.wanted, list_runs(self.directory)))

    @cached_property
    def names(self) -> dict[Path, str]:
        """The name of each run, out of its folder's."""
        return {run: RunFolder(run).name for run in self.runs}

    @cached_property
    def full_names(self) -> dict[Path, str]:
        """The name of each run as ``cnnlab runs list`` shows it, whatever its folder is called; read from its files."""
        return {run: overview(run).name for run in self.runs}


def _resolve(word: str, listing: _Listing) -> list[Path]:
    if not word:
        raise RunError("An empty name means no run.")
    # the latter is, say, a cell in its sweep's folder
    for path in (expanded(word), listing.directory / word):
        if is_run_folder(path):
            return [path]
    if word == "latest":
        return [_latest(listing)]
    if any(mark in word for mark in "*?[") and (matching := _glob(word, listing)):
        return matching
    return [_by_name(word, listing)]


def _latest(listing: _Listing) -> Path:
    if not listing.runs:
        raise RunError(f"There is no run in {listing.directory} yet. {_way_out()}")
    return listing.runs[0]


def _glob(word: str, listing: _Listing) -> list[Path]:
    """Return what the pattern matches, newest first: paths, else folders of the runs directory and names of runs.

    As with names, a part will do where no whole name matches.
    """
    here = list(filter(is_run_folder, map(Path, glob.glob(os.path.expanduser(word)))))  # noqa: PTH111, PTH207
    if here:
        return sorted(here, key=_age, reverse=True)
    for pattern in (word, f"*{word}*"):
        matching = [
            run
            for run in listing.runs
            if any(fnmatch.fnmatch(n, pattern) for n in (run.name, listing.names[run]))
        ]
        if matching:
            return matching
    return [run for run, name in listing.full_names.items() if fnmatch.fnmatch(name, word)]


def _by_name(word: str, listing: _Listing) -> Path:
    """Return the run that is called `word`, else the only one whose name begins with it, else that contains it.

    Of several runs of one name it is the newest. The beginning of a folder's name, with its time or without, or of its
    hash, means a run, too.
    """
    equal, begins, contains = str.__eq__, str.startswith, str.__contains__
    for fits in (equal, begins, contains):
        if named := {run: name for run, name in listing.names.items() if fits(name, word)}:
            return _newest_of_one_name(word, named)
        folders = [
            run for run in listing.runs if fits is not contains and any(fits(p, word) for p in _parts(run))
        ]
        if folders:
            return _only(word, folders)
    for fits in (equal, begins, contains):
        if named := {run: name for run, name in listing.full_names.items() if fits(name, word)}:
            return _newest_of_one_name(word, named)
    raise RunError(_not_found(word, listing))


def _newest_of_one_name(word: str, named: dict[Path, str]) -> Path:
    runs = list(named)
    return runs[0] if len(set(named.values())) == 1 else _only(word, runs)


def _only(word: str, runs: list[Path]) -> Path:
    if len(runs) > 1:
        raise RunError(f"'{word}' fits {len(runs)} runs, write more of it: {_names(runs)}.")
    return runs[0]


def _not_found(word: str, listing: _Listing) -> str:
    if any(mark in word for mark in "*?["):
        return f"No run matches '{word}', here or in {listing.directory}. {_way_out()}"
    if os.path.lexists(word):
        return f"{word} is not a run folder: it has neither status.json nor config.yaml."
    words = {part: run for run in reversed(listing.runs) for part in (listing.names[run], *_parts(run))}
    near = [words[name] for name in difflib.get_close_matches(word, words, n=3, cutoff=0.5)]
    hint = f" Near it: {_names(list(dict.fromkeys(near)))}." if near else f" {_way_out()}"
    return f"There is no run '{shown(word, 200)}' in {listing.directory}.{hint}"


def _parts(run: Path) -> list[str]:
    """The name of a folder: with its time, without it, and its hash."""
    match = NAME_PATTERN.fullmatch(run.name)
    return [run.name, run.name.partition("_")[2], match["hash"]] if match else [run.name]


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
