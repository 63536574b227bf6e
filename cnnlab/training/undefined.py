"""Classes of which a split has no image, and figures that this leaves undefined: known before training."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.config.training_section import monitors
from cnnlab.config_errors import Key
from cnnlab.datasets import Dataset, DatasetInfo
from cnnlab.errors import first_few, shown
from cnnlab.metrics import TWO_CLASS_METRICS, Metric
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.training.inputs import drawn_labels
from cnnlab.training.network import make_metrics

MOST_NAMED = 5


def undefined_monitors(config: Config, data: Dataset) -> Iterator[tuple[Key, str]]:
    """Say which figures that choose an epoch, stop a training or lower its learning rate are undefined in a repeat."""
    for key, monitor in monitors(config.training):
        reason = why_undefined(monitor, config, data)
        if reason is not None:
            yield ("training", *key), reason


def why_undefined(monitor: str, config: Config, data: Dataset) -> str | None:
    """Say that a figure of the validation split is undefined in a repeat, and what to do; None where it is defined."""
    needed = [m for m in _reported(config, data.info) if f"val_{m.key}" == monitor and m.needs]
    for repeat, empty in _empty_classes(config, data, ["validation"])["validation"].items() if needed else ():
        missing = [k for k in needed[0].needs if k in empty]
        if missing:
            drawn = data.validation is None and not config.data.stratified
            stratified = ", or draw them by class with data.stratified: true" if drawn else ""
            return (
                f"{monitor} is undefined in repeat {repeat}, whose validation images hold none of "
                f"{_named(missing, data.info)}: choose a figure that any images define, such as val_loss, or bring "
                f"validation images of every class{stratified}"
            )
    return None


def undefined_notes(config: Config, data: Dataset, splits: Iterable[str] = SPLIT_NAMES) -> list[str]:
    """A sentence for each of the splits of which a class has no image in a repeat, with what is undefined there."""
    found = _empty_classes(config, data, splits)
    return [_note(split, empty, config, data) for split, empty in found.items() if empty]


def _note(split: str, empty: dict[int, tuple[int, ...]], config: Config, data: Dataset) -> str:
    """Say which classes have no image in which repeats, given by number; and what that makes undefined."""
    classes, info = sorted({k for missing in empty.values() for k in missing}), data.info
    differ = len(set(empty.values())) > 1
    which = f"{'one or more of ' if differ else ''}{_named(classes, info)}"
    keys = dict.fromkeys(m.key for m in _reported(config, info) if set(m.needs) & set(classes))
    undefined = (
        f": {', '.join(keys)} {'is' if len(keys) == 1 else 'are'} undefined there (nan)" if keys else ""
    )
    of = "" if len(empty) == config.repeats else _of(list(empty))
    drawn = split == "validation" and data.validation is None and not config.data.stratified
    way_out = " With data.stratified: true each class keeps its share of what is drawn." if drawn else ""
    return f"The {SPLIT_NAMES[split]} images{of} hold none of {which}{undefined}.{way_out}"


def _of(repeats: Sequence[int]) -> str:
    return f" of repeat{'s' if len(repeats) > 1 else ''} {', '.join(map(str, repeats))}"


def _reported(config: Config, info: DatasetInfo) -> list[Metric]:
    """The metrics that are reported of such data: the config's, and what two classes always have."""
    always = TWO_CLASS_METRICS if info.num_classes == 2 else ()
    return [*make_metrics(config.training, info.num_classes), *always]


def _empty_classes(
    config: Config, data: Dataset, splits: Iterable[str]
) -> dict[str, dict[int, tuple[int, ...]]]:
    """By split and repeat, the classes without an image; nothing where all have some, or labels are hidden."""
    found: dict[str, dict[int, tuple[int, ...]]] = {split: {} for split in splits}
    for repeat, drawn in drawn_labels(config, data):
        for split, part in drawn.present().items():
            missing = () if part.labels is None else _missing(part.labels, data.info)
            if missing and split in found:
                found[split][repeat] = missing
    return found


def _missing(labels: np.ndarray, info: DatasetInfo) -> tuple[int, ...]:
    """The classes that have no label among these."""
    counts = np.bincount(labels, minlength=info.num_classes)
    return tuple(int(k) for k in np.flatnonzero(counts == 0))


def _named(classes: Sequence[int], info: DatasetInfo) -> str:
    names = [f"'{shown(info.class_names[k])}'" for k in classes]
    return f"class {names[0]}" if len(names) == 1 else f"the classes {first_few(names, MOST_NAMED)}"
