"""What happens to training images before the network sees them, and the views that predictions are averaged over."""

from cnnlab.augment import (
    deformations,
    dihedral,
    geometric,
    photometric,
    random_views,
    stain,
    stroke_width,
    views,
)
from cnnlab.augment.base import augmentation

__all__ = [
    "augmentation",
    "deformations",
    "dihedral",
    "geometric",
    "photometric",
    "random_views",
    "stain",
    "stroke_width",
    "views",
]
