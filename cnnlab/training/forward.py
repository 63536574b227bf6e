"""One batch through one network: all that depends on the framework."""

from typing import Any

from cnnlab.backends import active
from cnnlab.backends.base import Forward

__all__ = ["Forward", "forward_pass"]


def forward_pass(model: Any) -> Forward:
    """Return the compiled inference of a `keras.Model` on this process's backend; batches may differ in size."""
    return active().forward(model)
