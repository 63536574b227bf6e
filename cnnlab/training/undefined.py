"""Figures that the images of a split leave undefined, such as the AUC of one class alone: known before training."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.config.training_section import monitors
from cnnlab.config_errors import Key
from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.metrics import TWO_CLASS_METRICS, Metric
from cnnlab.runs.summary import SPLIT_NAMES
from cnnlab.training.inputs import drawn_splits
from cnnlab.training.network import make_metrics
from cnnlab.training.seeds import repeat_seed


def undefined_monitors(config: Config, data: Dataset) -> Iterator[tuple[Key, str]]:
    """Say which figures that choose an epoch, stop a training or lower its learning rate are undefined in a repeat."""
    for key, monitor in monitors(config.training):
        reason = why_undefined(monitor, config, data)
        if reason is not None:
            yield ("training", *key), reason


def why_undefined(monitor: str, config: Config, data: Dataset) -> str | None:
    """Say that a figure of the validation split is undefined in a repeat, and what to do; None where it is defined."""
    needed = [m for m in _reported(config, data.info) if f"val_{m.key}" == monitor and m.needs]
    for repeat, empty in _empty_classes(config, data, "validation") if needed else ():
        missing = [k for k in needed[0].needs if k in empty]
        if missing:
            return (
                f"{monitor} is undefined in repeat {repeat}, whose validation images hold none of "
                f"{_named(missing, data.info)}: choose a figure that any images define, such as val_loss, or bring "
                "validation images of every class"
            )
    return None


def undefined_notes(config: Config, data: Dataset, splits: Iterable[str] = SPLIT_NAMES) -> list[str]:
    """A sentence for each of the splits whose images leave figures of a repeat undefined."""
    found: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    needed = {k for metric in _reported(config, data.info) for k in metric.needs}
    for split in splits if needed else ():
        for repeat, empty in _empty_classes(config, data, split):
            if needed & set(empty):
                found.setdefault((split, empty), []).append(repeat)
    return [
        _note(split, empty, "" if len(repeats) == config.repeats else _of(repeats), config, data.info)
        for (split, empty), repeats in found.items()
    ]


def _note(split: str, empty: tuple[int, ...], of: str, config: Config, info: DatasetInfo) -> str:
    keys = dict.fromkeys(m.key for m in _reported(config, info) if set(m.needs) & set(empty))
    return (
        f"The {SPLIT_NAMES[split]} images{of} hold none of {_named(empty, info)}: {', '.join(keys)} "
        f"{'is' if len(keys) == 1 else 'are'} undefined there (nan)."
    )


def _of(repeats: Sequence[int]) -> str:
    return f" of repeat{'s' if len(repeats) > 1 else ''} {', '.join(map(str, repeats))}"


def _reported(config: Config, info: DatasetInfo) -> list[Metric]:
    """The metrics that are reported of such data: the config's, and what two classes always have."""
    always = TWO_CLASS_METRICS if info.num_classes == 2 else ()
    return [*make_metrics(config.training, info.num_classes), *always]


def _empty_classes(config: Config, data: Dataset, split: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """For each repeat, the classes without an image in its part `split`; nothing where labels are missing."""
    drawn_from = replace(
        data,
        train=_without_images(data.train),
        validation=data.validation and _without_images(data.validation),
        test=data.test and _without_images(data.test),
    )
    for repeat in range(config.repeats):
        part = drawn_splits(config, drawn_from, repeat_seed(config.seed, repeat)).present().get(split)
        if part is not None and part.labels is not None:
            yield repeat, _missing(part.labels, data.info)


def _missing(labels: np.ndarray, info: DatasetInfo) -> tuple[int, ...]:
    """The classes that have no label among these."""
    counts = np.bincount(labels, minlength=info.num_classes)
    return tuple(int(k) for k in np.flatnonzero(counts == 0))


def _without_images(split: Split) -> Split:
    """Labels that can be drawn like their images, without moving any."""
    return Split(np.empty((len(split), 0), np.uint8), split.labels)


def _named(classes: Sequence[int], info: DatasetInfo) -> str:
    names = [f"'{info.class_names[k]}'" for k in classes]
    return f"class {names[0]}" if len(names) == 1 else f"the classes {', '.join(names)}"
