"""A config's setting in sentences, out of the plain content of config.yaml."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cnnlab.errors import counted
from cnnlab.reading import mapping
from cnnlab.report.document import Text
from cnnlab.report.items import item_in_words, parameters_in_words, value_in_words, worth_showing
from cnnlab.report.setting import changes_results
from cnnlab.runs.read import Run

DATA_COVERED = ("dataset", "train_size", "validation_fraction", "scale", "limit_per_split")
TRAINING_COVERED = (
    *("epochs", "steps", "batch_size", "optimizer", "schedule", "early_stopping", "weight_averaging"),
    *("validation_every", "restore_best", "backend"),
)


def setting_sentences(run: Run) -> Iterator[Text]:
    """Describe data, augmentation, network and training; empty for a run whose config cannot be read."""
    config = run.config
    data, training = mapping(config.get("data")), mapping(config.get("training"))
    if data:
        yield Text("data", _data(run, data))
    if _list(config.get("preprocess")):
        steps = "; ".join(map(item_in_words, _list(config["preprocess"])))
        yield Text("preprocessing", f"{steps}.")
    if "augment" in config:
        items = [item_in_words(item) for item in _list(config["augment"])]
        yield Text("augmentation", "; ".join(items) + "." if items else "none.")
    if config.get("model"):
        blocks = "; ".join(item_in_words(item) for item in _list(config["model"]))
        yield Text("network", f"{blocks}.{_weights(run)}")
    if training:
        yield Text("training", _training(training))
    tta = mapping(run.setting("evaluation", "tta"))
    if tta.get("name") not in (None, "none"):
        rest = parameters_in_words({key: value for key, value in tta.items() if key != "name"})
        yield Text(
            "evaluation",
            f"predictions averaged over views of an image, {tta['name']} {rest}".strip() + ".",
        )


def _data(run: Run, data: Mapping[str, Any]) -> str:
    size = data.get("train_size")
    parts = [run.data.name if run.data.model_fields_set else str(data.get("dataset"))]
    parts.append(f"{size} training images, drawn anew for each repeat" if size else "all training images")
    fraction = data.get("validation_fraction")
    if isinstance(fraction, int | float) and fraction:
        parts.append(f"{100 * fraction:g} % of the training part set aside for validation")
    scale = data.get("scale")
    if isinstance(scale, list) and len(scale) == 2:
        parts.append(f"pixel values 0 to 255 mapped to {value_in_words(scale)}")
    parts += _others("data", data, DATA_COVERED)
    if data.get("limit_per_split"):
        parts.append(f"at most {counted(data['limit_per_split'], 'image')} of each split")
    return "; ".join(parts) + "."


def _training(training: Mapping[str, Any]) -> str:
    epochs, steps = training.get("epochs"), training.get("steps")
    length = counted(epochs, "epoch") if isinstance(epochs, int) else f"{value_in_words(steps)} steps"
    parts = [f"{length}, batch size {training.get('batch_size')}"]
    for key in ("optimizer", "schedule", "early_stopping", "weight_averaging"):
        entry = training.get(key)
        if isinstance(entry, dict):
            name = str(entry.get("name", ""))
            rest = parameters_in_words({k: v for k, v in entry.items() if k != "name"})
            words = " ".join(filter(None, (name.replace("_", " "), rest)))
            parts.append(f"{key.replace('_', ' ')} {words}")
    every = training.get("validation_every")
    parts.append("validation after each epoch" if every == 1 else f"validation every {every} epochs")
    best = training.get("restore_best")
    parts.append(f"the epoch with the best {best} is kept" if best else "the last epoch is kept")
    backend = training.get("backend", "tensorflow")
    parts += [] if backend == "tensorflow" else [f"Keras on {backend}"]
    parts += _others("training", training, TRAINING_COVERED)
    return "; ".join(parts) + "."


def _others(name: str, section: Mapping[str, Any], covered: Collection[str]) -> list[str]:
    """What else the section says that changes results: new keys are never left out in silence."""
    kept = {
        key: value
        for key, value in section.items()
        if key not in covered and changes_results(f"{name}.{key}") and worth_showing(key, value)
    }
    return [f"{str(key).replace('_', ' ')} {value_in_words(value)}" for key, value in kept.items()]


def _weights(run: Run) -> str:
    for repeat in run.done:
        total, trained = repeat.result.weights.total, repeat.result.weights.trainable
        if total is not None and trained is not None:
            return f" {total:,} weights, {trained:,} of them trained."
    return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
