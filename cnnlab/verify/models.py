"""The Keras models that are verified: opened, without their preprocessing, in any float type."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnlab.errors import ConfigError
from cnnlab.numpy_cnn import from_keras
from cnnlab.training.framework import without_chatter
from cnnlab.training.saved_model import UnreadableModel, open_saved_model
from cnnlab.verify.cases import Array

PREPARED_AT_ONCE = 500  # images


def load_model(path: Path) -> Any:
    """Open a .keras file, in safe mode. Raises ConfigError where that cannot be done."""
    try:
        with without_chatter():
            return open_saved_model(path)
    except UnreadableModel as error:
        raise ConfigError(f"--weights: {path} cannot be opened as a Keras model: {error}.") from error


Prepare = Callable[[Array], Array]
"""From images to those that the network gets: values 0 to 255, (n, height, width, channels)."""


def behind_preprocessing(model: Any) -> tuple[Any, Prepare]:
    """The model without its steps of preprocessing, and these: they resample images, and no layer does."""
    import keras

    if "preprocess" not in [layer.name for layer in model.layers]:
        return model, lambda images: images
    steps = model.get_layer("preprocess")
    rest = keras.Model(model.get_layer("scale").input, model.output, name=model.name)
    return rest, lambda images: steps.predict(images, batch_size=PREPARED_AT_ONCE, verbose=0)


def check_fits(model: Any, image_shape: tuple[int, ...], num_classes: int, where: Path) -> None:
    """Raise ConfigError unless the model takes such images and gives so many probabilities."""
    shapes = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    expected = (None, *image_shape), (None, num_classes)
    if shapes != expected:
        raise ConfigError(
            f"{where} maps {shapes[0]} to {shapes[1]}, but the data need {expected[0]} to {expected[1]}: name the "
            "config or the data set that it was made for with --config or --dataset."
        )


def in_dtype(model: Any, dtype: str) -> Any:
    """A copy of a convertible Keras model that computes in `dtype` throughout, its weights included.

    Raises CnnlabError naming the layer where the model has no twin in NumPy.
    """
    from_keras(model, dtype=dtype)
    copy = type(model).from_config(_with_dtype(model.get_config(), dtype))
    copy.set_weights(model.get_weights())
    return copy


def _with_dtype(value: Any, dtype: str) -> Any:
    """The config of a layer or model with every entry ``dtype``, however deep, replaced."""
    if isinstance(value, dict):
        return {key: dtype if key == "dtype" else _with_dtype(entry, dtype) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_with_dtype(entry, dtype) for entry in value)
    return value
