"""Running a network over many images: in chunks that fit the cache, on all cores."""

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from cnnlab.numpy_cnn.fast.plan import InferencePlan
from cnnlab.numpy_cnn.layers.layer import Array

ACTIVATION_BYTES = 1 << 20  # aimed at for the largest activation of a chunk
CHUNK_SIZES = (8, 200)  # fewer images make the innermost axis short; powers of 2 collide in the cache


def predict(
    plan: InferencePlan, inputs: Sequence[Array], *, chunk_size: int | None = None, workers: int | None = None
) -> Array:
    """Return the network's output for all images; inputs and output are batch first.

    The matrix products of a chunk are small: BLAS' own threads would spend more time meeting than computing.
    So BLAS gets one thread, and whole chunks are handed to `workers` threads instead (NumPy releases the
    interpreter while it computes). Each chunk is computed alone, so who computes it does not change the
    result.
    """
    count = len(inputs[0])
    if count == 0:  # the shape of the output, without an image
        return predict(plan, [np.zeros((1, *x.shape[1:])) for x in inputs], chunk_size=1)[:0].copy()
    if chunk_size is None:
        chunk_size = choose_chunk_size(plan, [x[:1] for x in inputs])
    starts = range(0, count, chunk_size)
    workers = min(workers or _cores(), len(starts))
    waiting, outputs = iter(starts), dict[int, Array]()

    def work(_: int) -> None:
        for start in waiting:  # shared by all threads: each chunk is taken once
            outputs[start] = _predict_chunk(plan, [x[start : start + chunk_size] for x in inputs])

    with _blas().limit(limits=1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))  # a list, so that an error in a thread arrives here
    return np.concatenate([outputs[start] for start in starts])


def choose_chunk_size(plan: InferencePlan, one_image: Sequence[Array]) -> int:
    """How many images make the largest activation about `ACTIVATION_BYTES`, found by running one image."""
    largest = max(array.nbytes for array in plan.run(one_image))
    smallest, most = CHUNK_SIZES
    return int(np.clip(ACTIVATION_BYTES // max(largest, 1), smallest, most))


def _predict_chunk(plan: InferencePlan, inputs: Sequence[Array]) -> Array:
    (output,) = deque(plan.run(inputs), maxlen=1)
    return output.swapaxes(0, -1).copy()


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _blas() -> ThreadpoolController:
    """Find the BLAS that NumPy loaded; looking for it takes longer than a small prediction."""
    return ThreadpoolController()
