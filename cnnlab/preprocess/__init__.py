"""Fixed steps between the pixels and the network, the same for training, evaluation and prediction."""

from cnnlab.preprocess import deskewing
from cnnlab.preprocess.base import preprocessing

__all__ = ["deskewing", "preprocessing"]
