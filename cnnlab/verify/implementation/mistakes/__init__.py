"""What known mistakes would give: simulated in NumPy, one file for each function of the interface."""

from cnnlab.verify.implementation.mistakes.activation import ACTIVATION
from cnnlab.verify.implementation.mistakes.base import Mistake, Mistakes, simulate
from cnnlab.verify.implementation.mistakes.convolution import CONVOLUTION, EVEN_KERNELS
from cnnlab.verify.implementation.mistakes.dense import DENSE
from cnnlab.verify.implementation.mistakes.feedforward import FEEDFORWARD
from cnnlab.verify.implementation.mistakes.flatten import FLATTEN
from cnnlab.verify.implementation.mistakes.pooling import POOLING
from cnnlab.verify.implementation.mistakes.sample import SAMPLE

__all__ = [
    "ACTIVATION",
    "CONVOLUTION",
    "DENSE",
    "EVEN_KERNELS",
    "FEEDFORWARD",
    "FLATTEN",
    "FUNCTIONS",
    "POOLING",
    "SAMPLE",
    "Mistake",
    "Mistakes",
    "simulate",
]

FUNCTIONS: dict[str, Mistakes] = {
    "activation": ACTIVATION,
    "conv2d_layer": CONVOLUTION,
    "pool2d_layer": POOLING,
    "flatten_layer": FLATTEN,
    "dense_layer": DENSE,
}
