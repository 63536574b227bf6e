"""A config's setting in sentences, out of the plain content of config.yaml."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnnlab.report.items import item_in_words, parameters_in_words, value_in_words
from cnnlab.report.numbers import counted, one_line
from cnnlab.report.remarks import Remark
from cnnlab.runs.read import Run


def setting_in_words(run: Run) -> Iterator[Remark]:
    """Describe data, augmentation, network and training; empty for a run whose config cannot be read."""
    config = run.config
    data, training = _mapping(config.get("data")), _mapping(config.get("training"))
    if data:
        yield Remark("data", _data(run, data))
    if "augment" in config:
        items = [item_in_words(item) for item in _list(config["augment"])]
        yield Remark("augmentation", "; ".join(items) + "." if items else "none.")
    if config.get("model"):
        blocks = "; ".join(item_in_words(item) for item in _list(config["model"]))
        yield Remark("network", f"{blocks}.{_weights(run)}")
    if training:
        yield Remark("training", _training(training))


def _data(run: Run, data: Mapping[str, Any]) -> str:
    size = data.get("train_size")
    parts = [one_line(run.data_title) if run.data else one_line(data.get("dataset"))]
    parts.append(f"{size} training images, drawn anew for each repeat" if size else "all training images")
    fraction = data.get("validation_fraction")
    if isinstance(fraction, int | float) and fraction:
        parts.append(f"{100 * fraction:g} % of the training part set aside for validation")
    scale = data.get("scale")
    if isinstance(scale, list) and len(scale) == 2:
        parts.append(f"pixel values 0 to 255 mapped to {value_in_words(scale)}")
    if data.get("limit_per_split"):
        parts.append(f"at most {one_line(data['limit_per_split'])} images of each split")
    return "; ".join(parts) + "."


def _training(training: Mapping[str, Any]) -> str:
    parts = [
        f"{counted(_whole(training.get('epochs')), 'epoch')}, batch size {one_line(training.get('batch_size'))}"
    ]
    for key in ("optimizer", "schedule", "early_stopping", "weight_averaging"):
        entry = training.get(key)
        if isinstance(entry, dict):
            name = one_line(entry.get("name", ""))
            rest = parameters_in_words({k: v for k, v in entry.items() if k != "name"})
            words = " ".join(filter(None, (name.replace("_", " "), rest)))
            parts.append(f"{key.replace('_', ' ')} {words}")
    every = training.get("validation_every")
    parts.append(
        "validation after each epoch" if every == 1 else f"validation every {one_line(every)} epochs"
    )
    best = training.get("restore_best")
    parts.append(f"the epoch with the best {one_line(best)} is kept" if best else "the last epoch is kept")
    if training.get("label_smoothing"):
        parts.append(f"label smoothing {training['label_smoothing']}")
    return "; ".join(parts) + "."


def _weights(run: Run) -> str:
    for repeat in run.done:
        weights = _mapping((repeat.result or {}).get("weights"))
        if isinstance(weights.get("total"), int):
            return f" {weights['total']:,} weights, {weights.get('trainable', 0):,} of them trained."
    return ""


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
