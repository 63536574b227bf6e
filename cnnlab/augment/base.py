"""The augmentation registry."""

from cnnlab.registry import Registry

augmentation = Registry("augmentation", injected=("data_range",))
"""Decorator and registry. An augmentation is called with its parameters and returns a Keras layer.

One that asks for `data_range` gets the range of the images' values, such as (-1.0, 1.0).
"""
