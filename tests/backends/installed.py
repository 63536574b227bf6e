"""Which backends are here, for tests that run on each of them."""

import importlib.util

import pytest

from cnnlab.backends import BACKENDS

INSTALLED = [name for name in BACKENDS if importlib.util.find_spec(name)]
OTHERS = [
    pytest.param(name, marks=pytest.mark.skipif(name not in INSTALLED, reason=f"{name} is not installed"))
    for name in BACKENDS
    if name != "tensorflow"
]
EACH = [
    pytest.param(name, marks=pytest.mark.skipif(name not in INSTALLED, reason=f"{name} is not installed"))
    for name in BACKENDS
]
