"""Importing this imports the frameworks of all backends that are installed, but not Keras, which takes one of them."""

import contextlib
import importlib
import sys

from cnnlab.training.framework import prepare_environment, without_chatter

prepare_environment()
sys.modules["keras"] = None  # type: ignore[assignment]  # TensorFlow would import it
for name in ("tensorflow", "torch", "jax", "pandas", "scipy.optimize"):
    with contextlib.suppress(ImportError), without_chatter():
        importlib.import_module(name)
del sys.modules["keras"]
