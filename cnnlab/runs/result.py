"""result.json: what a repeat gave, written in one step and last of all."""

from pydantic import Field

from cnnlab.runs.record import Count, Figures, Number, Record


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

    metrics: by split the final figures; none for a split without images or with hidden labels. threshold: of two
    classes, where validation could choose one. best_epoch and chosen_by: where an epoch other than the last was kept,
    which one, and by which figure. positive_class: of two classes, the one that sensitivity and the like are about.
    seconds: by phase.
    """

    repeat: Count | None = None
    seed: Count | None = None
    metrics: dict[str, Figures] = Field({})
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
