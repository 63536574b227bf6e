"""The same functions, made to be fast: `infer` has one implementation for each class of layer.

Arrays have their first and last axes swapped: ``(channels, height, width, batch)`` or ``(features, batch)``. With
the batch innermost, every elementary NumPy operation runs over long contiguous stretches of memory, however few
channels an image has. `Network.predict` is the way in; none of its callers sees that layout.
"""

from cnnlab.numpy_cnn.fast.convolution import convolve_and_pool
from cnnlab.numpy_cnn.fast.inference import infer
from cnnlab.numpy_cnn.fast.layout import batch_last
from cnnlab.numpy_cnn.fast.plan import InferencePlan
from cnnlab.numpy_cnn.fast.pooling import max_pool
from cnnlab.numpy_cnn.fast.prediction import predict

__all__ = ["InferencePlan", "batch_last", "convolve_and_pool", "infer", "max_pool", "predict"]
