"""How far two right answers may lie apart, and how a pair of arrays is judged.

Adding up n numbers in floating point rounds n times. Each rounding is off by up to half a machine epsilon of the
sum so far, upwards as often as downwards, so the errors grow as a random walk does: with sqrt(n), not with n.
Keras and NumPy add in different orders and therefore differ by about::

    sqrt(n) * epsilon * (largest absolute value)

where n, the accumulation length, counts the terms behind one number: 9 for a 3x3 convolution of a grey image,
392 for the last layer of the lab's network, the pixels of the whole batch for the gradient of a kernel. Through
several layers the lengths add up. The factor `SAFETY` covers the largest of many thousand such numbers, two
sides, and exponentials that are right to a few units in the last place only.

Machine epsilon is 2.2e-16 in float64 and 1.2e-7 in float32. A mistake in a formula changes the first few digits,
not the eighth: float64 leaves it no room to hide.

Source: N. J. Higham and T. Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput.
41 (2019), for the square root.
"""

import math

import numpy as np
from numpy.typing import DTypeLike

from cnnlab.runs.verification import ArrayVerdict
from cnnlab.verify.cases import Array

SAFETY = 16


def tolerance_rule(dtype: DTypeLike) -> str:
    """The rule in one sentence, for people."""
    return (
        f"{SAFETY} x sqrt(terms summed for one number) x {np.finfo(dtype).eps:.2g} ({np.dtype(dtype)} epsilon) "
        "x largest absolute value."
    )


def tolerance(dtype: DTypeLike, terms: float, scale: float) -> float:
    """The largest difference that rounding explains; `terms` is the accumulation length."""
    return SAFETY * math.sqrt(max(terms, 1.0)) * float(np.finfo(dtype).eps) * scale


def compare(
    name: str, keras: Array, ours: Array, *, terms: int, smallest_scale: float = 0.0, extra: float = 0.0
) -> ArrayVerdict:
    """Compare two arrays that should be equal; the tolerance follows from Keras' values and type.

    The scale is the largest absolute value in `keras`, and at least `smallest_scale`. `extra` is added to the
    tolerance. Another shape or type, and a NaN on one side only, never pass.
    """
    largest = _largest(np.abs(keras.astype(np.float64)))
    limit = tolerance(keras.dtype, terms, max(largest, smallest_scale) or 1.0) + extra
    same_kind = keras.shape == ours.shape and keras.dtype == ours.dtype
    difference = largest_difference(keras, ours) if same_kind else math.inf
    keras_sum, our_sum = (float(np.abs(array).sum(dtype=np.float64)) for array in (keras, ours))
    return ArrayVerdict(
        name=name,
        keras_shape=keras.shape,
        numpy_shape=ours.shape,
        keras_sum=keras_sum,
        numpy_sum=our_sum,
        sum_difference=abs(keras_sum - our_sum),
        largest_difference=difference,
        terms=terms,
        tolerance=limit,
        passed=difference <= limit,
    )


def largest_difference(keras: Array, ours: Array) -> float:
    """The largest absolute difference of two arrays of one shape; infinite where one alone is not a number."""
    with np.errstate(invalid="ignore"):
        difference = np.abs(keras.astype(np.float64) - ours.astype(np.float64))
    same = (keras == ours) | (np.isnan(keras) & np.isnan(ours))
    return _largest(np.where(same, 0.0, np.where(np.isnan(difference), math.inf, difference)))


def _largest(values: Array) -> float:
    return float(values.max(initial=0.0))
