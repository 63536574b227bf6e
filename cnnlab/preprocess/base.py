"""The registry of fixed steps before the network."""

from cnnlab.registry import Registry

preprocessing = Registry("preprocessing step", arguments=("images",))
"""Decorator and registry. A step is called as ``step(images, **parameters)`` and returns a Keras tensor.

images: float32 (batch, height, width, channels), values 0 to 255; what comes back is alike. A step uses layers
of Keras without weights, or `keras.ops`, so that the saved model opens with Keras alone.
"""
