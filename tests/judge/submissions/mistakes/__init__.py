"""The known mistakes, one file per function of the interface."""

from . import activation, convolution, dense, evaluation, flatten, network, not_written, pooling, setup
from .mistake import Mistake

MISTAKES: list[Mistake] = [
    *activation.MISTAKES,
    *convolution.MISTAKES,
    *pooling.MISTAKES,
    *flatten.MISTAKES,
    *dense.MISTAKES,
    *setup.MISTAKES,
    *network.MISTAKES,
    *evaluation.MISTAKES,
    *not_written.MISTAKES,
]
