"""The augmentation registry, and how Keras' layers are made."""

from typing import Any, Literal

from cnnlab.parameters import ValueRange
from cnnlab.registry import Registry

augmentation = Registry("augmentation", injected=("data_range",))
"""Decorator and registry. An augmentation is called with its parameters and returns what maps images to images:
a Keras augmentation layer, or a callable made of TensorFlow operations, with `training` as its second argument and
a `keras.random.SeedGenerator` in an attribute for its random numbers. Both run within `tf.data`.

One that asks for `data_range` gets the range of the images' values, such as (-1.0, 1.0).

The trait `needs_colour`, a function of the parameters, says whether it needs images with three channels.
"""

FillMode = Literal["reflect", "constant", "wrap", "nearest"]
Interpolation = Literal["bilinear", "nearest"]


def keras_layer(
    class_name: str,
    *,
    data_range: ValueRange | None = None,
    value_range: ValueRange | None = None,
    **parameters: Any,
) -> Any:
    """Make the Keras layer with these parameters of an augmentation; the layer gets one range, if any is given.

    The seed is set for each batch by the training pipeline, so 0 stands here.
    """
    from keras import layers

    if data_range is not None:
        parameters["value_range"] = value_range or data_range
    if class_name not in {"AutoContrast", "Equalization"}:
        parameters["seed"] = 0
    return getattr(layers, class_name)(**parameters)


def in_unit_range(
    class_name: str, *, data_range: ValueRange, value_range: ValueRange | None, **parameters: Any
) -> Any:
    """Make a Keras layer that is right for values from 0 to 1 alone, and bring the images there and back."""
    return InUnitRange(
        keras_layer(class_name, data_range=(0.0, 1.0), **parameters), value_range or data_range
    )


class InUnitRange:
    """Images of a value range, seen from 0 to 1 by the layer within."""

    def __init__(self, inner: Any, value_range: ValueRange) -> None:
        """Stand around `inner`, a Keras layer, for images whose values lie in `value_range`."""
        self.inner = inner
        self.low, self.high = value_range

    def __call__(self, images: Any, training: bool = True) -> Any:
        """Map images of any shape that `inner` takes to the same shape."""
        if not training:
            return images
        width = self.high - self.low
        return self.inner((images - self.low) / width, training=training) * width + self.low
