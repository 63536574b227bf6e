"""Part 1: each layer kind alone, over a range of cases."""

from collections.abc import Sequence

import numpy as np

from cnnlab.backends import active
from cnnlab.errors import CnnlabError
from cnnlab.runs.verification import ArrayVerdict, CaseVerdict, DirectionVerdict, LayersVerdict, LayerVerdict
from cnnlab.verify.cases import CASES, LayerCase
from cnnlab.verify.departures import departures_among, without_departures
from cnnlab.verify.pairs import Pair, run_pair
from cnnlab.verify.tolerance import compare, tolerance_rule


def check_layers(
    kinds: Sequence[str], *, dtype: str = "float64", seed: int = 0, forward_only: bool = False, every: int = 1
) -> LayersVerdict:
    """Compare every case of `kinds`, or every so many of them, but for those where the backend departs."""
    backend = active().name
    chosen = {kind: CASES[kind][::every] for kind in kinds}
    results = {
        kind: [_check_case(case, dtype, seed, forward_only) for case in without_departures(cases, backend)]
        for kind, cases in chosen.items()
    }
    verdicts = tuple(_sum_up(kind, cases) for kind, cases in results.items())
    return LayersVerdict(
        passed=all(verdict.passed for verdict in verdicts),
        tolerance_rule=tolerance_rule(dtype),
        left_out=departures_among([case for cases in chosen.values() for case in cases], backend),
        kinds=verdicts,
        cases=tuple(case for cases in results.values() for case in cases),
    )


def _check_case(case: LayerCase, dtype: str, seed: int, forward_only: bool) -> CaseVerdict:
    try:
        pair = run_pair(case, dtype=dtype, seed=seed)
    except CnnlabError:
        raise
    except (
        Exception
    ) as error:  # a layer that breaks down is a difference too, and the others are still compared
        line = (str(error).strip().splitlines() or [""])[0]
        sentence = f"{type(error).__name__}: {line}"
        return CaseVerdict(kind=case.kind, case=case.label, error=sentence, passed=False)
    arrays = _compare(pair, forward_only)
    return CaseVerdict(
        kind=case.kind,
        case=case.label,
        arrays=arrays,
        weights=pair.weights,
        passed=pair.weights.equal and all(array.passed for array in arrays),
    )


def _compare(pair: Pair, forward_only: bool) -> tuple[ArrayVerdict, ...]:
    """Compare every array of a pair; those that one side lacks count as empty.

    Inputs, weights and upstream gradients are of order 1, and so is the smallest scale: a gradient that
    cancels to nearly zero is still made of terms of that size.
    """
    return tuple(
        compare(
            name,
            keras,
            pair.numpy.get(name, np.empty(0, keras.dtype)),
            terms=_terms(pair, name),
            smallest_scale=1.0,
        )
        for name, keras in pair.keras.items()
        if not (forward_only and name.startswith("gradient"))
    )


def _terms(pair: Pair, name: str) -> int:
    if name.startswith("gradient of input"):
        return pair.terms.input_gradient
    of_weight = name.startswith(("gradient", "moving_"))
    return pair.terms.weight_gradient if of_weight else pair.terms.output


def _sum_up(kind: str, cases: Sequence[CaseVerdict]) -> LayerVerdict:
    arrays = [(case.case, array) for case in cases for array in case.arrays]
    return LayerVerdict(
        kind=kind,
        cases=len(cases),
        failed=tuple(case.case for case in cases if not case.passed),
        error=next((case.error for case in cases if case.error), None),
        forward=_direction([entry for entry in arrays if not entry[1].backward]),
        backward=_direction([entry for entry in arrays if entry[1].backward]),
        passed=all(case.passed for case in cases),
    )


def _direction(arrays: Sequence[tuple[str, ArrayVerdict]]) -> DirectionVerdict | None:
    """Sums over all arrays of one direction, and the array that is worst in units of its tolerance."""
    if not arrays:
        return None
    worst_case, worst = max(arrays, key=lambda entry: entry[1].badness)
    keras = sum(array.keras_sum for _, array in arrays)
    ours = sum(array.numpy_sum for _, array in arrays)
    return DirectionVerdict(
        arrays=len(arrays),
        keras_sum=keras,
        numpy_sum=ours,
        sum_difference=abs(keras - ours),
        largest_difference=worst.largest_difference,
        tolerance=worst.tolerance,
        worst_case=worst_case,
        worst_array=worst.name,
        passed=all(array.passed for _, array in arrays),
    )
