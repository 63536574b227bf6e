"""What known mistakes would give: simulated in NumPy, one file for each function of the interface."""

from cnnlab.judge.mistakes.activation import ACTIVATION
from cnnlab.judge.mistakes.base import Mistake, Mistakes, simulate
from cnnlab.judge.mistakes.convolution import CONVOLUTION, EVEN_KERNELS
from cnnlab.judge.mistakes.dense import DENSE
from cnnlab.judge.mistakes.feedforward import FEEDFORWARD
from cnnlab.judge.mistakes.flatten import FLATTEN
from cnnlab.judge.mistakes.pooling import POOLING
from cnnlab.judge.mistakes.sample import SAMPLE

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
