"""Test-time averaging over random views, which are made where training makes its own: behind the scaling."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from cnnlab.augment.augmenter import Augmenter
from cnnlab.augment.base import augmentation
from cnnlab.augment.views import Forward, Views, identity, mean, view_set
from cnnlab.items import Item, listed
from cnnlab.parameters import SmallInt

_STREAM = 17  # sets these random numbers apart from others of small seeds
AugmentationItem = Annotated[Item, listed(augmentation)]


@view_set
def random(
    *, augment: Annotated[tuple[AugmentationItem, ...], Field(min_length=1)], views: SmallInt = 8
) -> Views:
    """The image and `views` - 1 random versions of it: augmentations like those of training, best weaker ones.

    They act behind the model's steps of preprocessing and its scaling, as in training. The same random numbers are
    used for each batch of images, in every process: the probabilities are reproducible.

    Parameters:
        augment: The augmentations, listed as in the section augment.
        views: Views of each image, the image itself among them.
    """
    return RandomViews((identity,), augment, views)


@dataclass(frozen=True)
class RandomViews(Views):
    """Views that are made within the network, and averaged there."""

    augment: tuple[Item, ...]
    count: int

    def __len__(self) -> int:
        return self.count

    def forward(self, model: Any, compiled: Callable[[Any], Forward]) -> Forward:
        """The mean over all views of the probabilities that `model`, a network of cnnlab's, gives."""
        import keras
        import tensorflow as tf

        scale = model.get_layer("scale")
        front = keras.Model(model.inputs, scale.output)
        rest = keras.Model(scale.output, model.output)
        low = float(scale.offset)
        augmenter = Augmenter(self.augment, (low, low + 255.0 * float(scale.scale)))
        seeds = np.random.SeedSequence(_STREAM).generate_state(2 * augmenter.generators * (self.count - 1))
        states = seeds.reshape(self.count - 1, augmenter.generators, 2)
        scaled, answer, varied = compiled(front), compiled(rest), tf.function(augmenter, autograph=False)

        def forward(images: np.ndarray) -> np.ndarray:
            x = scaled(images)
            return mean([answer(x), *(answer(varied(x, tf.constant(state)).numpy()) for state in states)])

        return forward
