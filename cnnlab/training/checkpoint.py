"""The checkpoint folder of a repeat: arrays and state, on disk so that one whole checkpoint is always there.

A checkpoint is two files, ``<n>.npz`` with the arrays and ``<n>.json``, its manifest, written after it: the state,
whose it is, and the SHA-256 of the arrays and of the manifest itself. The one before is kept. No pickle.
"""

import contextlib
import hashlib
import json
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.errors import RunError
from cnnlab.files import atomic_path, make_folder, plain, write_json
from cnnlab.reading import read_text

FORMAT = 2
LARGEST_SHARE = 0.02  # of the time, for checkpoints that are written every so many seconds

Arrays = dict[str, np.ndarray]
State = dict[str, Any]


class CheckpointFolder:
    """Saves checkpoints into a folder, and finds the newest whole one there."""

    def __init__(self, path: Path, owner: Mapping[str, Any]) -> None:
        """Stand for the folder `path`, which need not exist; `owner` identifies, in JSON, whose they are."""
        self.path = path
        self.owner = dict(owner)

    def save(self, arrays: Arrays, state: State) -> None:
        """Write a checkpoint, then remove all but it and the one before; raises RunError when the disk refuses."""
        number = max(self._numbers(), default=0) + 1
        make_folder(self.path)
        with atomic_path(self._arrays_path(number)) as path:
            np.savez(path, **arrays)  # type: ignore[arg-type]
            arrays_file = {"arrays_bytes": path.stat().st_size, "arrays_sha256": _digest_of_file(path)}
        content = plain({"format": FORMAT, "owner": self.owner, "state": state, **arrays_file})
        write_json(self._manifest_path(number), {**content, "sha256": _digest(content)})
        for path in self.path.iterdir():
            if path.stem not in {str(number), str(number - 1)}:
                _discard(path)

    def load(self, note: Callable[[str], None]) -> tuple[Arrays, State] | None:
        """Return the newest whole checkpoint; None when there is none.

        Damaged ones are passed over and removed; `note` gets a sentence for each. Raises RunError for a checkpoint of
        another owner.
        """
        for number in sorted(self._numbers(), reverse=True):
            try:
                return self._read(number)
            except _Damaged as damage:
                note(f"checkpoint {number} in {self.path} is damaged ({damage}) and was passed over.")
                _discard(self._manifest_path(number))
                _discard(self._arrays_path(number))
        return None

    def remove(self) -> None:
        """Remove the folder with all in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _numbers(self) -> list[int]:
        """The numbers of the checkpoints whose manifest is there."""
        if not self.path.is_dir():
            return []
        stems = [path.stem for path in self.path.glob("*.json")]
        return [int(stem) for stem in stems if stem.isascii() and stem.isdigit() and len(stem) < 10]

    def owners(self) -> list[dict[str, Any]]:
        """Whose the checkpoints are, as far as their manifests are whole."""
        found = []
        for number in self._numbers():
            with contextlib.suppress(_Damaged):
                found.append(dict(self._manifest(number)["owner"]))
        return found

    def _manifest(self, number: int) -> dict[str, Any]:
        try:
            manifest = json.loads(read_text(self._manifest_path(number)))
            content = {key: value for key, value in manifest.items() if key != "sha256"}
            if manifest["sha256"] != _digest(content) or manifest["format"] != FORMAT:
                raise _Damaged("its manifest is not what was written")
        except (OSError, ValueError, AttributeError, KeyError, RecursionError) as error:
            raise _Damaged(f"its manifest cannot be read: {type(error).__name__}") from error
        return dict(manifest)

    def _read(self, number: int) -> tuple[Arrays, State]:
        manifest = self._manifest(number)
        self._require_owner(number, manifest["owner"])
        path = self._arrays_path(number)
        try:
            found = path.stat()
            same_size = stat.S_ISREG(found.st_mode) and found.st_size == manifest.get("arrays_bytes")
            # pipes and giants are not read
            if not same_size or _digest_of_file(path) != manifest["arrays_sha256"]:
                raise _Damaged(f"{path.name} is not what was written")
            with np.load(path, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}, manifest["state"]
        except (OSError, ValueError) as error:
            raise _Damaged(f"{path.name} cannot be read: {type(error).__name__}") from error

    def _require_owner(self, number: int, owner: Any) -> None:
        ours = plain(self.owner)
        if owner != ours:
            differing = [k for k in ours if not isinstance(owner, dict) or owner.get(k) != ours[k]]
            raise RunError(
                f"Cannot resume: {self._manifest_path(number)} is a checkpoint of another run, for its "
                f"{' and '.join(differing) or 'content'} differs. Remove the folder {self.path} to train this "
                "repeat from its start."
            )

    def _arrays_path(self, number: int) -> Path:
        return self.path / f"{number}.npz"

    def _manifest_path(self, number: int) -> Path:
        return self.path / f"{number}.json"


class CheckpointClock:
    """Tells when the next checkpoint is due, by a config's `training.checkpoint_every`."""

    def __init__(self, every: Any) -> None:
        """Begin to count now."""
        self.every = every
        self.begun = self.ended = time.perf_counter()

    def begin(self) -> None:
        """A checkpoint is being written."""
        self.begun = time.perf_counter()

    def end(self) -> None:
        """It has been written."""
        self.ended = time.perf_counter()

    def due(self, epoch: int | None = None) -> bool:
        """Whether to write one now; `epoch` is the number of the epoch that has just ended, if one has.

        One that is slow to write delays the next, so that no more than `LARGEST_SHARE` of the time goes into them.
        """
        if epoch is not None and self.every.epochs is not None and epoch % self.every.epochs == 0:
            return True
        if self.every.seconds is None:
            return False
        pause = max(self.every.seconds, (self.ended - self.begun) / LARGEST_SHARE)
        return time.perf_counter() - self.ended >= pause


class _Damaged(Exception):
    """A checkpoint is not whole; the message says in what."""


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _discard(path: Path) -> None:
    """Remove a file, or whatever a stranger has put into its place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
