"""What a trained network says of images: the forward pass, and averages over views of an image and over networks."""

from cnnlab.inference import random_views, views

__all__ = ["random_views", "views"]
