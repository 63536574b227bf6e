"""A config's list of augmentations, as one function of images and start values."""

from typing import Any

from cnnlab.augment.base import augmentation
from cnnlab.augment.seeds import take_over
from cnnlab.augment.warp import fused
from cnnlab.items import Item


class Augmenter:
    """The augmentation layers, made to depend on nothing but the states they are given."""

    def __init__(self, items: tuple[Item, ...], data_range: tuple[float, float]) -> None:
        """Make the augmentations of `items` for images whose values lie in `data_range`."""
        self.layers = fused(
            [augmentation.get(item.name)(parameters=item.parameters, data_range=data_range) for item in items]
        )
        self._seeds = [seed for layer in self.layers for seed in take_over(layer)]

    @property
    def generators(self) -> int:
        """How many random generators the layers hold."""
        return len(self._seeds)

    def __call__(self, images: Any, states: Any) -> Any:
        """Augment a batch; `states` is uint32 (generators, 2), one start value for each generator.

        To be called while TensorFlow traces a graph: there Keras' layers use TensorFlow on every backend.
        """
        for index, seed in enumerate(self._seeds):
            seed.begin(states[index])
        for layer in self.layers:
            images = layer(images, training=True)
        return images
