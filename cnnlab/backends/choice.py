"""Which backend this process uses: chosen once, before Keras is imported."""

import os

from cnnlab.backends.base import Backend
from cnnlab.backends.jax import Jax
from cnnlab.backends.tensorflow import TensorFlow
from cnnlab.backends.torch import Torch

BACKENDS: dict[str, Backend] = {backend.name: backend for backend in (TensorFlow(), Torch(), Jax())}
_CHOSEN = "CNNLAB_CHOSEN_BACKEND"  # in the environment, so that worker processes have it from their start


def choose(name: str) -> Backend:
    """Use the backend `name` in this process, before it imports Keras, and in those that it starts from now on.

    Raises ConfigError when its package is missing.
    """
    backend = BACKENDS[name]
    backend.require()
    os.environ[_CHOSEN] = name
    return backend


def active() -> Backend:
    """The backend that was chosen, here or in the process that started this one; else TensorFlow."""
    return BACKENDS[os.environ.get(_CHOSEN, TensorFlow.name)]
