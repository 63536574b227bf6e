"""What happens to training images before the network sees them."""

from cnnlab.augment import deformations, dihedral, geometric, photometric, stain, stroke_width
from cnnlab.augment.base import augmentation

__all__ = ["augmentation", "deformations", "dihedral", "geometric", "photometric", "stain", "stroke_width"]
