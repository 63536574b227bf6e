"""What other patients or slides would have given: intervals of a run's figures, and of differences, by its groups."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnnlab.reading import array_names
from cnnlab.report.cluster_bootstrap import draw_groups, p_value, percentile_interval
from cnnlab.report.predictions import Predictions, load_predictions
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.measures import Interval
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult

if TYPE_CHECKING:
    import numpy as np

MOST_GROUPS = 20_000
MEASURED = ("validation", "test")
SAME_FIGURE = 1e-4  # relative: the stored predictions are those of the recorded figure

Key = tuple[str, str]
"""Split and metric."""


@dataclass(frozen=True)
class GroupInterval:
    """The 95 % interval of a mean over repeats, or of a difference of two; p: of the test that a difference is 0."""

    groups: int
    ci95: Interval
    p: float | None = None


@dataclass(frozen=True)
class GroupIntervals:
    """Intervals by split and metric, and how many groups each split has; empty where no groups are known."""

    groups: dict[str, int] = field(default_factory=dict)
    intervals: dict[Key, GroupInterval] = field(default_factory=dict)


@dataclass(frozen=True)
class _Measured:
    """One repeat's figures on one split: as recorded, and of each resample, float64 (resamples,)."""

    recorded: dict[str, float]
    resampled: "dict[str, np.ndarray]"


def group_intervals(run: Run) -> GroupIntervals:
    """Intervals of each figure's mean over the finished repeats; the same groups are drawn for all of them."""
    found = GroupIntervals()
    for split in MEASURED:
        predictions = _predictions(run.done, split)
        names = _group_names(predictions)
        if not names:
            continue
        found.groups[split] = len(names)
        measured = _measured(run.done, predictions, names)
        for key in dict.fromkeys(key for one in measured for key in one.recorded):
            figures = _mean([one for one in measured if key in one.recorded], key)
            interval = None if figures is None else percentile_interval(figures, len(names))
            if interval is not None:
                found.intervals[split, key] = GroupInterval(len(names), interval)
    return found


def group_differences(
    ours: Sequence[RepeatResult], theirs: Sequence[RepeatResult], *, paired: bool
) -> dict[Key, GroupInterval]:
    """Intervals and tests of the differences of means, ours minus theirs, on the same images.

    paired: repeats of one place belong together, and have images of their own; else all have the same images.
    """
    found = {}
    for split in MEASURED:
        predictions = [_predictions(side, split) for side in (ours, theirs)]
        names = _group_names([*predictions[0], *predictions[1]])
        if not names or not _same_images(*predictions, paired=paired):
            continue
        a, b = (_measured(side, each, names) for side, each in zip((ours, theirs), predictions, strict=True))
        for key in dict.fromkeys(key for one in a for key in one.recorded):
            difference = _difference(a, b, key, paired=paired)
            if difference is None:
                continue
            interval = percentile_interval(difference, len(names))
            if interval is not None:
                found[split, key] = GroupInterval(len(names), interval, p_value(difference, len(names)))
    return found


def _difference(
    ours: "Sequence[_Measured]", theirs: "Sequence[_Measured]", key: str, *, paired: bool
) -> "np.ndarray | None":
    """The difference of the means of each resample, of the repeats that have the figure; None without any."""
    if paired:
        pairs = [pair for pair in zip(ours, theirs, strict=True) if all(key in one.recorded for one in pair)]
        ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    means = [_mean([one for one in side if key in one.recorded], key) for side in (ours, theirs)]
    return None if means[0] is None or means[1] is None else means[0] - means[1]


def _predictions(repeats: Sequence[RepeatResult], split: str) -> list[Predictions]:
    """The predictions of each repeat with their groups; none where they are not known of all."""
    found = []
    for repeat in repeats:
        path = RepeatFolder(repeat.path, repeat.k).predictions_path
        one = load_predictions(path, split) if "groups" in array_names(path) else None
        if one is None or one.groups is None:
            return []
        found.append(one)
    return found


def _group_names(predictions: Sequence[Predictions]) -> list[str]:
    """The groups of all; none where they are too many to draw in seconds."""
    names = {name for one in predictions if one.groups is not None for name in one.groups.tolist()}
    return sorted(names) if len(names) <= MOST_GROUPS else []


def _same_images(ours: Sequence[Predictions], theirs: Sequence[Predictions], *, paired: bool) -> bool:
    import numpy as np

    pairs = zip(ours, theirs, strict=True) if paired else ((a, theirs[0]) for a in (*ours, *theirs))
    return bool(ours and theirs) and all(np.array_equal(a.index, b.index) for a, b in pairs)


def _measured(
    repeats: Sequence[RepeatResult], predictions: Sequence[Predictions], names: Sequence[str]
) -> list[_Measured]:
    """The finite figures of each repeat, once as recorded and once for each resample of the groups."""
    import numpy as np

    from cnnlab.metrics.resampled import GroupedImages, resampled_figures

    places = {name: place for place, name in enumerate(names)}
    parts: list[list[dict[str, np.ndarray]]] = [[] for _ in repeats]
    recorded = [_finite(repeat, one.split) for repeat, one in zip(repeats, predictions, strict=True)]
    images = [
        GroupedImages(
            one.label,
            one.probabilities,
            np.array([places[name] for name in one.groups.tolist()]) if one.groups is not None else one.index,
            None if repeat.result.threshold is None else repeat.result.threshold.value,
        )
        for repeat, one in zip(repeats, predictions, strict=True)
    ]
    for times in itertools.chain([np.ones((1, len(names)), np.int64)], draw_groups(len(names))):
        for place, (of_repeat, figures) in enumerate(zip(images, recorded, strict=True)):
            parts[place].append(resampled_figures(of_repeat, times, figures))
    return [
        _Measured(figures, _like_recorded(figures, some))
        for figures, some in zip(recorded, parts, strict=True)
    ]


def _like_recorded(
    recorded: dict[str, float], parts: "Sequence[dict[str, np.ndarray]]"
) -> "dict[str, np.ndarray]":
    """The resamples of those figures that are, of all images once (the first part), what is recorded."""
    import numpy as np

    return {
        key: np.concatenate([part[key] for part in parts[1:]])
        for key, (figure,) in parts[0].items()
        if math.isclose(figure, recorded[key], rel_tol=SAME_FIGURE, abs_tol=SAME_FIGURE)
    }


def _finite(repeat: RepeatResult, split: str) -> dict[str, float]:
    metrics = repeat.metrics(split).items()
    return {key: value for key, value in metrics if value is not None and math.isfinite(value)}


def _mean(measured: Sequence[_Measured], key: str) -> "np.ndarray | None":
    """The mean over repeats of each resample; None where one of them cannot be resampled."""
    if not measured or any(key not in one.resampled for one in measured):
        return None
    total = sum(one.resampled[key] for one in measured)
    return total / len(measured)  # type: ignore[return-value]
