"""A run and its repeats as typed data; reading them is `cnnlab.runs.read`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.errors import RunError, did_you_mean, shown
from cnnlab.reading import mapping, read_arrays
from cnnlab.runs.environment import DataRecord, Environment
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.metrics_log import Columns, read_metrics
from cnnlab.runs.result import SPLIT_NAMES, Result

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class RepeatResult:
    """One repeat of a run: `result` is the content of result.json, empty while there is none.

    status is that of status.json, "unknown" without a readable one.
    """

    k: int
    path: Path
    status: str
    error: str | None
    result: Result

    @property
    def finished(self) -> bool:
        """Whether there is a result."""
        return bool(self.result.model_fields_set)

    @cached_property
    def history(self) -> Columns:
        """Each column of metrics.csv, one value per epoch, None where not measured; read on demand.

        No columns where the file is missing or cannot be read.
        """
        return _columns(RepeatFolder(self.path, self.k).metrics_path)

    @cached_property
    def learning_rates(self) -> Columns:
        """The columns epoch and learning_rate of learning_rates.csv: after so many epochs, whole or not, a step's rate.

        No columns where no schedule changes the rate within an epoch.
        """
        return _columns(RepeatFolder(self.path, self.k).learning_rates_path)

    @property
    def predictions(self) -> "dict[str, np.ndarray]":
        """The arrays of predictions.npz, one entry per image in each; read anew at each use.

        split (0 train, 1 validation, 2 test), index into the data, label (-1 where hidden), probabilities float32
        (images, classes), of image files names, and, where they are known, groups. Empty where the file is
        missing or damaged.
        """
        return read_arrays(RepeatFolder(self.path, self.k).predictions_path)

    @property
    def seed(self) -> int | None:
        """The repeat's seed."""
        return self.result.seed

    def metrics(self, split: str) -> dict[str, float | None]:
        """Return the final metrics on "train", "validation" or "test"; empty where there are none.

        Raises RunError for another name.
        """
        if split not in SPLIT_NAMES:
            expected = f"expected {', '.join(SPLIT_NAMES)}{did_you_mean(str(split), SPLIT_NAMES)}"
            raise RunError(f"There is no split '{shown(split)}': {expected}.")
        return self.result.metrics.get(split, {})


def _columns(path: Path) -> Columns:
    try:
        return read_metrics(path)
    except RunError:
        return {}


@dataclass(frozen=True)
class RunData:
    """One run as its folder has it.

    kind is "train", "verify", "judge" or "sweep"; status is that of status.json, "interrupted" when it says running
    although its process is gone, "unknown" without a readable one. config is the content of config.yaml as plain data:
    it may be another version's, or damaged. notes are sentences on what could not be read.
    """

    path: Path
    name: str
    kind: str
    status: str
    started: str | None
    ended: str | None
    config: Mapping[str, Any]
    environment: Environment
    repeats: tuple[RepeatResult, ...]
    notes: tuple[str, ...] = field(default=())

    def setting(self, *key: str) -> Any:
        """Return the config's value at a key such as "data", "limit_per_split"; None where there is none."""
        value: Any = self.config
        for part in key:
            value = mapping(value).get(part)
        return value

    @property
    def published(self) -> Mapping[str, Any]:
        """The config's published values."""
        return mapping(self.config.get("published"))

    @property
    def data(self) -> DataRecord:
        """The data that were really used."""
        return self.environment.data

    @property
    def done(self) -> tuple[RepeatResult, ...]:
        """The repeats that have a result."""
        return tuple(repeat for repeat in self.repeats if repeat.finished)

    @property
    def positive_class(self) -> str | None:
        """The name of the positive one of two classes, as recorded; see `cnnlab.positive_class`."""
        return next((repeat.result.positive_class for repeat in self.done), None)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes in their order; empty where no result has them."""
        return next((repeat.result.class_names for repeat in self.done if repeat.result.class_names), ())
