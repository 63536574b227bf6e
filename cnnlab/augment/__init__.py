"""What happens to training images before the network sees them."""

from cnnlab.augment import geometric, photometric
from cnnlab.augment.base import augmentation

__all__ = ["augmentation", "geometric", "photometric"]
