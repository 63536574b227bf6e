"""From a config to a `keras.Model`: the one builder."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cnnlab.backends.initial_weights import drawn_alike
from cnnlab.blocks import block
from cnnlab.config.schema import Config
from cnnlab.datasets.base import DatasetInfo
from cnnlab.datasets.channel_statistics import ChannelStatistics
from cnnlab.errors import ConfigError
from cnnlab.items import Item
from cnnlab.preprocess import preprocessing


def build_network(
    config: Config, info: DatasetInfo, seed: int, statistics: ChannelStatistics | None = None
) -> Any:
    """Build a config's network, untrained, with weights drawn from `seed`; see `build_model`.

    Where the config standardizes and the `statistics` are not known yet, neutral ones stand in.
    """
    import keras

    if config.data.standardize and statistics is None:
        statistics = ChannelStatistics.neutral(info.image_shape[-1])
    keras.utils.set_random_seed(seed)
    return build_model(config.model, info, config.data.scale, statistics, config.preprocess)


def build_model(
    blocks: tuple[Item, ...],
    info: DatasetInfo,
    scale: tuple[float, float],
    statistics: ChannelStatistics | None = None,
    preprocess: tuple[Item, ...] = (),
) -> Any:
    """Build the whole network: pixel values from 0 to 255 in, class probabilities out.

    Input: (batch, height, width, channels), float32 or uint8, values 0 to 255. The steps `preprocess` come
    first, as one nested model called `preprocess`; then the layer `scale` maps the values to the range `scale`.
    With `statistics`, of pixel values, the layer `standardize` then gives each channel mean 0 and variance 1. None
    of these has weights. Output: float32 (batch, classes). Layers carry explicit names, made from the block's
    name and its number among its kind.

    Raises ConfigError naming the block that does not fit, with the shape it received.
    """
    import keras

    low, high = scale
    inputs = keras.Input(info.image_shape, name="image")
    x = preprocessing_model(preprocess, info)(inputs) if preprocess else inputs
    x = keras.layers.Rescaling((high - low) / 255.0, offset=low, name="scale")(x)
    if statistics is not None:
        mean, variance = statistics.scaled(low, high)
        x = keras.layers.Normalization(mean=mean, variance=variance, name="standardize")(x)
    counts: Counter[str] = Counter()
    with drawn_alike():
        for index, item in enumerate(blocks):
            counts[item.name] += 1
            x = _apply(item, x, index, f"{item.name}_{counts[item.name]}", info.num_classes)
    if tuple(x.shape[1:]) != (info.num_classes,):
        raise ConfigError(
            f"model: the last block gives the shape {tuple(x.shape[1:])}, expected ({info.num_classes},), "
            "one probability per class: end the list with 'classifier'."
        )
    return keras.Model(inputs, x, name="network")


def preprocessing_model(steps: tuple[Item, ...], info: DatasetInfo) -> Any:
    """Build the steps before the network, as a keras.Model called `preprocess`: values 0 to 255 in and out.

    Raises ConfigError naming the step that cannot be applied, or that changes the images' shape.
    """
    import keras

    inputs = keras.Input(info.image_shape, name="pixels")
    x = inputs
    for index, item in enumerate(steps):
        place = f"preprocess.{index}.{item.name}"
        try:
            x = preprocessing.get(item.name)(x, parameters=item.parameters)
        except Exception as error:  # a step may be a person's own, and Keras raises what its backend raises
            raise ConfigError(f"{place}: cannot be applied to the images: {_reason(error)}.") from error
        if tuple(x.shape[1:]) != info.image_shape:
            raise ConfigError(f"{place}: made {tuple(x.shape[1:])} of images of {info.image_shape}.")
    return keras.Model(inputs, x, name="preprocess")


def trainable_part(model: Any, network: Any) -> Any:
    """Return the part of `model` behind its layer `scale`, as an instance of the keras.Model class `network`.

    It takes images that are already scaled, and standardizes them itself where `model` does. Both share their
    layers and weights: training the part trains the whole.
    """
    return network(model.get_layer("scale").output, model.output)


def ensemble_model(members: Sequence[Any]) -> Any:
    """Make one network of several trained alike: its probabilities are the mean of theirs.

    The steps before the networks, up to the layer `scale`, stand in it once; each member's other layers follow as a
    nested model, ``member_1`` and so on; the layer `ensemble` averages.
    """
    import keras

    first = members[0]
    inputs = keras.Input(first.input_shape[1:], name="image")
    x = inputs
    if "preprocess" in [layer.name for layer in first.layers]:
        x = first.get_layer("preprocess")(x)
    scale = first.get_layer("scale")
    x = type(scale).from_config(scale.get_config())(x)
    parts = [
        keras.Model(member.get_layer("scale").output, member.output, name=f"member_{number}")
        for number, member in enumerate(members, start=1)
    ]
    outputs = keras.layers.Average(name="ensemble")([part(x) for part in parts])
    return keras.Model(inputs, outputs, name="network")


def _apply(item: Item, x: Any, index: int, name: str, num_classes: int) -> Any:
    entry = block.get(item.name)
    try:
        return entry(x, parameters=item.parameters, name=name, num_classes=num_classes)
    except Exception as error:  # a block may be a person's own, and Keras raises what its backend raises
        raise ConfigError(
            f"model.{index}.{item.name}: cannot be applied to its input of shape {tuple(x.shape[1:])}: "
            f"{_reason(error)}."
        ) from error


def _reason(error: Exception) -> str:
    """The line of an error's text that says why; Keras puts a headline before it, and colours."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("Exception encountered when calling"):
        lines.pop(0)
    kind = "" if isinstance(error, ConfigError | ValueError) else f"{type(error).__name__}: "
    return f"{kind}{lines[0] if lines else type(error).__name__}".rstrip(".")
