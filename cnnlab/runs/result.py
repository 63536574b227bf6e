"""result.json: what a repeat gave, written in one step and last of all."""

import hashlib
import json

from pydantic import Field

from cnnlab.runs.record import Count, Figures, Number, Record

SPLIT_NAMES = {"train": "training", "validation": "validation", "test": "test"}
"""The splits, and what they are called."""

NEVER_TWICE = ("seconds", "peak_memory_bytes", "sha256")
"""What a result's hash leaves out: equal trainings have equal hashes."""


class ChosenThreshold(Record):
    """From which probability of class 1 on an image counts as class 1, the rule, and the split that chose it."""

    value: Number = None
    rule: str | None = None
    split: str | None = None


class UsedViews(Record):
    """The view set over which probabilities were averaged, and the number of its views."""

    tta: str = "none"
    views: Count = 1


class WeightCount(Record):
    """How many numbers a network is made of, and how many of them are trained."""

    total: Count | None = None
    trainable: Count | None = None


class Standardization(Record):
    """Per channel, mean and sd of the training images' pixels as they go into the network."""

    mean: tuple[Number, ...] = ()
    sd: tuple[Number, ...] = ()


class ModelInput(Record):
    """What the saved model takes: height, width, channels, and the range of its pixels."""

    shape: tuple[Count, Count, Count] | None = None
    range: tuple[Count, ...] = ()
    standardize: Standardization | None = None


class Result(Record):
    """The content of result.json.

    cell_hash, data_sha256: of what decides its bits: see `cnnlab.config.identity`, and of the content of its data.
    metrics: by split the final figures; none for a split without images or with hidden labels. baseline: the same
    of `cnnlab.training.baseline`, where it was asked for. threshold: of two
    classes, where validation could choose one. best_epoch and chosen_by: where an epoch other than the last was kept,
    which one, and by which figure. positive_class: of two classes, the one that sensitivity and the like are about.
    seconds: by phase. sha256: of all that the same training would give again, as it was written.
    """

    repeat: Count | None = None
    cell_hash: str | None = None
    data_sha256: str | None = None
    seed: Count | None = None
    metrics: dict[str, Figures] = Field({})
    baseline: dict[str, Figures] = Field({})
    threshold: ChosenThreshold | None = None
    evaluation: UsedViews = UsedViews()
    epochs: Count | None = None
    steps: Count | None = None
    best_epoch: Count | None = None
    chosen_by: str | None = None
    ensemble: Count | None = None
    weights: WeightCount = WeightCount()
    sizes: dict[str, Count] = Field({})
    class_names: tuple[str, ...] = ()
    positive_class: str | None = None
    class_weights: tuple[Number, ...] | None = None
    input: ModelInput = ModelInput()
    seconds: Figures = Field({})
    peak_memory_bytes: Count | None = None
    device: str | None = None
    sha256: str | None = None

    def sealed(self) -> "Result":
        """The same with its hash, by which it is known after it was read again that nothing has changed."""
        return self.model_copy(update={"sha256": self._digest()})

    @property
    def intact(self) -> bool:
        """Whether nothing in it was changed since it was written, as far as it holds a hash."""
        return self.sha256 in (None, self._digest())

    def _digest(self) -> str:
        content = {key: value for key, value in self.plain().items() if key not in NEVER_TWICE}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
