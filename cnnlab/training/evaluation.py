"""The final figures of a trained network, and its stored probabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.augment.views import Views, view_set
from cnnlab.backends import active
from cnnlab.config.schema import Config
from cnnlab.datasets import IndexedSplit, Splits
from cnnlab.metrics import Threshold, cross_entropy, figures_at_threshold, two_class_figures, youden_threshold
from cnnlab.metrics.two_classes import YOUDEN
from cnnlab.training.averaging import probabilities
from cnnlab.training.network import make_metrics

SPLIT_CODES = {"train": 0, "validation": 1, "test": 2}


@dataclass(frozen=True)
class RepeatEvaluation:
    """What is known of a trained network once it has seen every split.

    figures: by split; None where there are no images or no labels. threshold: of two classes, where validation images
    could choose one. predictions: the arrays of predictions.npz. views: the view set's name and its number of views.
    """

    figures: dict[str, dict[str, float] | None]
    threshold: Threshold | None
    predictions: dict[str, np.ndarray]
    views: dict[str, Any]


def evaluate(
    config: Config,
    model: Any,
    splits: Splits,
    num_classes: int,
    check: Callable[[], None],
    validated: np.ndarray | None = None,
) -> RepeatEvaluation:
    """Final figures of each split, all from the probabilities that go into predictions.npz.

    The probabilities are averaged over the views of `evaluation.tta`. Hidden labels (-1) give no figures.
    `validated` are those of the validation images, where training asked for them with the weights that it ended with:
    they are taken as they are, unless these would be asked for in another way here.
    """
    views = views_of(config)
    forward = views.forward(model, active().forward)
    seen = splits.present()
    known = {}
    if validated is not None and asked_alike(config, splits.validation):
        known["validation"] = validated
    found = {
        name: known[name] if name in known else probabilities(forward, part.images, views, check=check)
        for name, part in seen.items()
    }
    threshold = chosen_threshold(splits.validation, found.get("validation"))
    figures: dict[str, Any] = dict.fromkeys(SPLIT_CODES)
    for name, part in seen.items():
        if part.labels is not None:
            figures[name] = split_figures(config, part.labels, found[name], num_classes, penalties(model))
            figures[name] |= threshold_figures(name, part.labels, found[name], threshold)
    used = {"tta": config.evaluation.tta.name, "views": len(views)}
    return RepeatEvaluation(figures, threshold, _stored(seen, found, config.data.group_blocks), used)


def split_figures(
    config: Config, labels: np.ndarray, probabilities: np.ndarray, num_classes: int, penalties: float
) -> dict[str, float]:
    """Loss, cross-entropy, the config's metrics and, of two classes, what is always reported for them.

    `loss` is Keras' own: mean cross-entropy (with the config's label smoothing) plus the penalties;
    `cross_entropy`, the negative log-likelihood, is without smoothing and penalties.
    """
    smoothed = cross_entropy(labels, probabilities, config.training.label_smoothing)
    return {"loss": smoothed + penalties, **figures_without_loss(config, labels, probabilities, num_classes)}


def figures_without_loss(
    config: Config, labels: np.ndarray, probabilities: np.ndarray, num_classes: int
) -> dict[str, float]:
    """The same of probabilities that no single network with its loss and penalties gave."""
    figures = {"cross_entropy": cross_entropy(labels, probabilities)}
    figures |= {m.key: m.value(labels, probabilities) for m in make_metrics(config.training, num_classes)}
    return figures | (two_class_figures(labels, probabilities) if num_classes == 2 else {})


def chosen_threshold(validation: Any, probabilities: np.ndarray | None) -> Threshold | None:
    """The threshold that the validation images choose; None for other than two classes, or without both of them."""
    if validation is None or probabilities is None or probabilities.shape[1] != 2:
        return None
    value = youden_threshold(validation.labels, probabilities)
    return None if value is None else Threshold(value, YOUDEN, "validation")


def threshold_figures(
    split: str, labels: np.ndarray, probabilities: np.ndarray, threshold: Threshold | None
) -> dict[str, float]:
    """Figures at the chosen threshold, on the split that chose it and on test."""
    if threshold is None or split == "train":
        return {}
    return figures_at_threshold(labels, probabilities, threshold.value)


def views_of(config: Config) -> Views:
    """The views that the config's `evaluation.tta` names."""
    item = config.evaluation.tta
    return view_set.get(item.name)(parameters=item.parameters)


def penalties(model: Any) -> float:
    """The sum of the penalties on a model's weights."""
    import keras

    return float(sum(float(keras.ops.convert_to_numpy(value)) for value in model.losses))


def asked_alike(config: Config, split: Any) -> bool:
    """Whether the probabilities of a split's images are had as in training: one view, and the same batches."""
    return (
        config.evaluation.tta.name == "none"
        and not config.preprocess
        and isinstance(split.images, np.ndarray)
    )


def _stored(
    seen: dict[str, IndexedSplit], found: dict[str, np.ndarray], blocks: int | None
) -> dict[str, np.ndarray]:
    columns: dict[str, list[np.ndarray]] = {"split": [], "index": [], "label": [], "probabilities": []}
    for name, part in seen.items():
        columns["split"].append(np.full(len(part), SPLIT_CODES[name], np.uint8))
        columns["index"].append(part.indices.astype(np.int64))
        columns["label"].append(np.full(len(part), -1, np.int64) if part.labels is None else part.labels)
        columns["probabilities"].append(found[name])
    columns["names"] = _texts(seen, {name: part.names for name, part in seen.items()})
    columns["groups"] = _texts(seen, {name: _groups(name, part, blocks) for name, part in seen.items()})
    return {name: np.concatenate(arrays) for name, arrays in columns.items() if arrays}


def _texts(seen: dict[str, IndexedSplit], texts: dict[str, np.ndarray | None]) -> list[np.ndarray]:
    """A text for each image of each part, empty where a part has none; nothing where no part has any."""
    filled = [np.full(len(part), "") if (own := texts[name]) is None else own for name, part in seen.items()]
    return filled if any(own is not None for own in texts.values()) else []


def _groups(name: str, part: IndexedSplit, blocks: int | None) -> np.ndarray | None:
    """The groups of a part's images; where it has none, stretches of `blocks` neighbours of those not trained on."""
    if part.groups is not None or blocks is None or name == "train":
        return part.groups
    return (part.indices // blocks).astype(str)
