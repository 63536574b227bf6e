"""What happens to training images before the network sees them."""

from cnnlab.augment import keras_layers
from cnnlab.augment.base import augmentation

__all__ = ["augmentation", "keras_layers"]
