"""What depends on the framework that Keras computes with: one file for each."""

from cnnlab.backends.base import Backend
from cnnlab.backends.choice import BACKENDS, active, choose

__all__ = ["BACKENDS", "Backend", "active", "choose"]
