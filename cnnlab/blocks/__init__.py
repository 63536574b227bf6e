"""The shared block registry: every name that a config's `model` list may use."""

from cnnlab.blocks import convolution, dense, simple
from cnnlab.blocks.base import block

__all__ = ["block", "convolution", "dense", "simple"]
