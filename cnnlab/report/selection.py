"""Which run folders a report is of: what was typed, less what is not a run folder or was given twice."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlab.errors import RunError, first_few
from cnnlab.runs.find import expanded, find_runs, is_run_folder, list_runs, with_cells
from cnnlab.runs.sweeps import is_sweep

MOST_NAMED = 4


@dataclass(frozen=True)
class Selection:
    """Run folders in the order given, each once, and sentences on what was left out."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]


def select_runs(words: Sequence[str], runs_dir: Path) -> Selection:
    """Return the run folders that `words` mean, each a path, glob, name or beginning; without words the newest.

    A folder given twice, or through a link, counts once; existing files and folders that are not run folders
    are left out; both with a note. Raises RunError for a word that means nothing, and when no run is left.
    """
    found: dict[Path, Path] = {}
    strangers: list[Path] = []
    notes: list[str] = []
    for word in _expanded(words or ["latest"]):
        for path in _meant(word, runs_dir, strangers):
            first = found.setdefault(path.resolve(), path)
            if first is not path:
                notes.append(_given_twice(first, path))
    if strangers:
        notes.insert(0, f"{_no_run_folders(strangers)}: left out")
    if not found:
        raise RunError(f"{_no_run_folders(strangers)}; none remains to report on.{_way_out(strangers)}")
    return Selection(tuple(found.values()), tuple(dict.fromkeys(notes)))


def sweep_among(chosen: Selection, *, cells: bool) -> tuple[Selection, Path | None]:
    """The selection, and the sweep that it is of, if it is of one alone.

    With `cells`, sweeps stand for the runs of their cells. Among other runs a sweep is left out, with a note. Raises
    RunError for several sweeps and nothing else.
    """
    sweeps = [path for path in chosen.paths if is_sweep(path)]
    if cells or not sweeps:
        return Selection(tuple(with_cells(chosen.paths)), chosen.notes), None
    if len(chosen.paths) == 1:
        return chosen, sweeps[0]
    if len(sweeps) == len(chosen.paths):
        names = ", ".join(path.name for path in sweeps[:MOST_NAMED])
        raise RunError(f"a report is of one sweep, and these are {len(sweeps)}: {names}.")
    notes = [f"{path.name} is a sweep, which is reported on alone: left out" for path in sweeps]
    return Selection(tuple(p for p in chosen.paths if p not in sweeps), (*chosen.notes, *notes)), None


def _expanded(words: Sequence[str]) -> Iterator[str]:
    """Each word, and in place of a glob what it matches from here, as a shell does it, if a run is among that."""
    for word in words:
        pattern = any(mark in word for mark in "*?[") and not Path(word).exists()
        matches = sorted(glob.glob(os.path.expanduser(word))) if pattern else []  # noqa: PTH111, PTH207
        yield from matches if any(is_run_folder(Path(match)) for match in matches) else [word]


def _meant(word: str, runs_dir: Path, strangers: list[Path]) -> list[Path]:
    """The run folders that `word` means; what exists and is none goes to `strangers`."""
    try:
        return find_runs([word], runs_dir)
    except RunError:
        path = expanded(word)
        if not word or not path.exists() or is_run_folder(path):
            raise
        strangers.append(path)
        return []


def _given_twice(first: Path, again: Path) -> str:
    link = f" (through {again})" if again != first else ""
    return f"{first.name} was given twice{link}: counted once"


def _no_run_folders(strangers: Sequence[Path]) -> str:
    names = first_few(list(map(str, strangers)), MOST_NAMED)
    return f"{names} {'is not a run folder' if len(strangers) == 1 else 'are not run folders'}"


def _way_out(strangers: Sequence[Path]) -> str:
    inside = [path for path in strangers if list_runs(path)]
    return f" {inside[0]} holds some: name {inside[0] / '*'}." if inside else ""
