"""Reading run folders, also damaged, half-written and still growing ones.

Nothing here raises for what a folder holds: whatever cannot be read is left empty and said in `notes`.
"""

import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from cnnlab.errors import RunError
from cnnlab.reading import mapping, read_text
from cnnlab.runs.folder import RepeatFolder, RunFolder
from cnnlab.runs.metrics_log import Columns, read_metrics
from cnnlab.runs.status import writer_is_gone

DEEPEST_CONFIG = 50  # levels
Per = Literal["repeat", "epoch"]


@dataclass(frozen=True)
class RepeatResult:
    """One repeat as its folder tells: `result` is the content of result.json, None while there is none."""

    k: int
    path: Path
    status: str
    error: str | None
    result: Mapping[str, Any] | None

    @cached_property
    def history(self) -> Columns:
        """Each column of metrics.csv, one value per epoch, None where not measured; read on demand.

        No columns where the file is missing or cannot be read.
        """
        try:
            return read_metrics(RepeatFolder(self.path, self.k).metrics_path)
        except RunError:
            return {}

    @property
    def predictions(self) -> dict[str, Any]:
        """The arrays of predictions.npz, one entry per image in each; read anew at each use.

        split (0 train, 1 validation, 2 test), index into the data, label (-1 where hidden), and probabilities
        float32 (images, classes). Empty where the file is missing or damaged.
        """
        import numpy as np

        try:
            with RepeatFolder(self.path, self.k).predictions_path.open("rb") as file:
                return dict(np.load(file, allow_pickle=False))
        except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
            return {}

    @property
    def seed(self) -> int | None:
        """The repeat's seed."""
        seed = (self.result or {}).get("seed")
        return seed if isinstance(seed, int) else None

    def metrics(self, split: str) -> dict[str, float | None]:
        """Return the final metrics on "train", "validation" or "test"; empty where there are none."""
        metrics = mapping(mapping((self.result or {}).get("metrics")).get(split))
        return {str(name): as_number(value) for name, value in metrics.items()}


@dataclass(frozen=True, repr=False)
class Run:
    """One run as its folder tells.

    kind is "train" or "verify"; status is that of status.json, "interrupted" when it says running although
    its process is gone, "unknown" without a readable one. notes are sentences on what could not be read.
    """

    path: Path
    name: str
    kind: str
    status: str
    started: str | None
    ended: str | None
    config: Mapping[str, Any]
    environment: Mapping[str, Any]
    repeats: tuple[RepeatResult, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def published(self) -> Mapping[str, Any]:
        """The config's published values."""
        return mapping(self.config.get("published"))

    @property
    def data(self) -> Mapping[str, Any]:
        """What environment.json says of the data really used."""
        return mapping(self.environment.get("data"))

    @property
    def data_title(self) -> str:
        """What tables and plots call the data."""
        fallback = self.data.get("dataset") or "data unknown"
        return str(self.data.get("title") or fallback)

    @property
    def data_notes(self) -> tuple[str, ...]:
        """Sentences that every report on these data must carry."""
        notes = self.data.get("notes")
        return tuple(str(note) for note in notes) if isinstance(notes, list) else ()

    @property
    def done(self) -> tuple[RepeatResult, ...]:
        """The repeats that have a result."""
        return tuple(repeat for repeat in self.repeats if repeat.result is not None)

    @property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json, of the repeats that are finished by now: mean, sd, interval, all values."""
        from cnnlab.runs.summary import summarize_run

        return summarize_run(self)

    def records(self, per: Per = "repeat") -> list[dict[str, Any]]:
        """One flat dict per repeat with its final metrics, or per epoch with its line of metrics.csv."""
        from cnnlab.runs.records import records

        return records([self], per)

    def to_dataframe(self, per: Per = "repeat") -> Any:
        """The same as a pandas DataFrame. Raises ImportError, with the way out, where pandas is missing."""
        from cnnlab.runs.records import to_dataframe

        return to_dataframe([self], per)

    def __repr__(self) -> str:
        """One line: name, status, repeats, folder."""
        repeats = f", {len(self.done)} of {len(self.repeats)} repeats" if self.repeats else ""
        return f"<Run {self.name}: {self.status}{repeats}, {self.path}>"


def load_run(path: str | Path) -> Run:
    """Read the run folder at `path`; raises RunError only when there is no such folder."""
    folder = RunFolder(path)
    if not folder.path.is_dir():
        raise RunError(f"There is no run folder {folder.path}.")
    notes: list[str] = []
    status = _read_json(folder.status.path, notes)
    config = _read_config(folder.config_path, notes)
    environment = _read_json(folder.environment_path, notes)
    gone = writer_is_gone(status)
    if gone:
        notes.append("status.json says running, but the process that wrote it is gone")
    started, ended = status.get("started"), status.get("ended")
    return Run(
        path=folder.path,
        name=str(config.get("name") or folder.name),
        kind=str(status.get("command") or ("verify" if folder.verify_path.exists() else "train")),
        status="interrupted" if gone else str(status.get("status") or "unknown"),
        started=str(started) if started else None,
        ended=str(ended) if ended else None,
        config=config,
        environment=environment,
        repeats=_read_repeats(folder, mapping(status.get("repeats")), gone, notes),
        notes=tuple(notes),
    )


def as_number(value: Any) -> float | None:
    """Return a number out of JSON as a float, "NaN" and "Infinity" included; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and value not in ("NaN", "Infinity", "-Infinity"):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _read_repeats(
    folder: RunFolder, statuses: Mapping[str, Any], gone: bool, notes: list[str]
) -> tuple[RepeatResult, ...]:
    """Return the repeats that status.json or a folder speaks of, in order of k."""
    found = {repeat.k for repeat in folder.repeat_folders()}
    planned = {int(k) for k in statuses if k.isascii() and k.isdigit()}
    repeats = []
    for k in sorted(found | planned):
        entry = mapping(statuses.get(str(k)))
        repeats.append(_read_repeat(folder.repeat(k), entry, gone, notes))
    return tuple(repeats)


def _read_repeat(
    folder: RepeatFolder, entry: Mapping[str, Any], gone: bool, notes: list[str]
) -> RepeatResult:
    status = str(entry.get("status") or "unknown")
    result = _read_json(folder.result_path, notes) if folder.result_path.exists() else None
    if result and status in ("failed", "waiting", "stopped"):
        result = None  # left over from an earlier try, or written after the word to stop: it counts no more
    elif result:
        status = "done"  # the result is written in one step and last of all
    elif status == "done":
        notes.append(f"repeat {folder.k} is said to be done, but its result.json is missing or damaged")
        status = "unknown"
    elif gone and status in ("waiting", "running"):
        status = "interrupted"
    error = entry.get("error")
    return RepeatResult(folder.k, folder.path, status, str(error) if error else None, result or None)


def _read_json(path: Path, notes: list[str]) -> Mapping[str, Any]:
    try:
        content = json.loads(read_text(path))
    except FileNotFoundError:
        notes.append(f"{path.name} is missing")
        return {}
    except (OSError, ValueError, RecursionError):
        notes.append(f"{path.name} is damaged")
        return {}
    if not isinstance(content, dict):
        notes.append(f"{path.name} is damaged")
    return mapping(content)


def _read_config(path: Path, notes: list[str]) -> Mapping[str, Any]:
    import yaml

    try:
        content = load_yaml(read_text(path))
    except FileNotFoundError:
        notes.append(f"{path.name} is missing")
        return {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        notes.append(f"{path.name} is damaged")
        return {}
    if not isinstance(content, dict):
        notes.append(f"{path.name} is damaged")
    return mapping(content)


def load_yaml(text: str) -> Any:
    """Parse YAML ten times faster than PyYAML's own parser, where libyaml is there.

    libyaml's composer ends the whole process on very deep nesting: count the depth first.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    for event in yaml.parse(text, loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_CONFIG:
            raise ValueError("nested too deeply")
    return yaml.load(text, loader)
