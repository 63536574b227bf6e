"""Removing run folders: only what is one, only in the runs directory, never through a link, never a running one."""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from cnnlab.errors import RunError
from cnnlab.runs.folder import NAME_PATTERN, RunFolder
from cnnlab.runs.lock import RunLock
from cnnlab.runs.status import StatusFile


def check_removable(paths: Sequence[Path], runs_dir: Path) -> None:
    """Raise RunError, with every reason at once, unless each of `paths` may be removed."""
    reasons = [f"{path}: {reason}" for path in paths if (reason := _objection(path, runs_dir))]
    if reasons:
        raise RunError("\n  ".join(["Nothing is removed:", *reasons]) if len(reasons) > 1 else reasons[0])


def remove_run(path: Path, runs_dir: Path) -> None:
    """Remove the run folder at `path`, links in it but not what they point to.

    It is checked once more, and renamed first, so that nobody meets half a run. Raises RunError.
    """
    check_removable([path], runs_dir)
    doomed = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.removed")
    try:
        with RunLock(path, to_remove=True):
            path.rename(doomed)
            shutil.rmtree(doomed)
    except OSError as error:
        rest = f" What is left of it is in {doomed}." if doomed.exists() else ""
        raise RunError(f"Cannot remove {path}: {error.strerror or error}.{rest}") from error


def size_of(path: Path) -> int:
    """Return the bytes of all files below `path`, links not followed; what cannot be read counts as nothing."""
    total = 0
    for folder, _, files in os.walk(path):
        for name in files:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118
            except OSError:
                continue
    return total


def _objection(path: Path, runs_dir: Path) -> str | None:
    """Return why `path` may not be removed, as a sentence; None when it may."""
    if path.is_symlink():
        return "it is a link: remove the link itself, or name the folder that it points to."
    if not path.is_dir():
        return "there is no such folder."
    if path.resolve().parent != runs_dir.resolve():
        return f"it is not in the runs directory {runs_dir}: name that with --runs-dir DIR, or remove it by hand."
    status = RunFolder(path).status
    if NAME_PATTERN.fullmatch(path.resolve().name) is None and not status.path.is_file():
        return "it is not a run folder: it has no status.json. Remove it by hand."
    return _still_running(status)


def _still_running(file: StatusFile) -> str | None:
    try:
        status = file.read()
    except RunError:
        return None  # missing or damaged
    if status.status != "running" or status.writer_is_gone:
        return None
    where = f"process {status.pid} on {status.host}"
    return f"it is running ({where}): stop it first, or remove the folder by hand if that is not so."
