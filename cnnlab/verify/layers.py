"""Part 1: each layer kind alone, over a range of cases."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cnnlab.backends import active
from cnnlab.errors import CnnlabError
from cnnlab.verify.cases import Case
from cnnlab.verify.departures import departures_among, without_departures
from cnnlab.verify.kinds import ALL_CASES
from cnnlab.verify.layer_pair import Pair, run_pair
from cnnlab.verify.loss_pair import LOSSES, run_loss_pair
from cnnlab.verify.tolerance import Comparison, compare, tolerance_rule


def check_layers(
    kinds: Sequence[str], *, dtype: str = "float64", seed: int = 0, forward_only: bool = False, every: int = 1
) -> dict[str, Any]:
    """Compare every case of `kinds`, or every so many of them, and return the result as plain data.

    ``kinds`` sums up per layer kind, ``cases`` holds every array of every case, ``left_out`` says where the backend
    departs from the others.
    """
    backend = active().name
    chosen = {kind: ALL_CASES[kind][::every] for kind in kinds}
    results = {
        kind: [_check_case(case, dtype, seed, forward_only) for case in without_departures(cases, backend)]
        for kind, cases in chosen.items()
    }
    summaries = [_sum_up(kind, cases) for kind, cases in results.items()]
    return {
        "passed": all(summary["passed"] for summary in summaries),
        "tolerance_rule": tolerance_rule(dtype),
        "left_out": departures_among([case for cases in chosen.values() for case in cases], backend),
        "kinds": summaries,
        "cases": [case for cases in results.values() for case in cases],
    }


def compare_pair(pair: Pair, *, forward_only: bool = False) -> list[Comparison]:
    """Compare every array of a pair; those that one side lacks count as empty.

    Inputs, weights and upstream gradients are of order 1, and so is the smallest scale: a gradient that
    cancels to nearly zero is still made of terms of that size.
    """
    comparisons = []
    for name, keras in pair.keras.items():
        if not (forward_only and name.startswith("gradient")):
            ours = pair.numpy.get(name, np.empty(0, keras.dtype))
            comparisons.append(compare(name, keras, ours, terms=_terms(pair, name), smallest_scale=1.0))
    return comparisons


def _terms(pair: Pair, name: str) -> int:
    if name.startswith("gradient of input"):
        return pair.terms.input_gradient
    of_weight = name.startswith(("gradient", "moving_"))
    return pair.terms.weight_gradient if of_weight else pair.terms.output


def _check_case(case: Case, dtype: str, seed: int, forward_only: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": case.kind, "case": case.label, "error": None}
    try:
        run = run_loss_pair if case.kind in LOSSES else run_pair
        pair = run(case, dtype=dtype, seed=seed)
    except CnnlabError:
        raise
    except Exception as error:  # a layer that breaks down is a difference too, and the others go on
        line = (str(error).strip().splitlines() or [""])[0]
        entry |= {"arrays": [], "weights": {}, "error": f"{type(error).__name__}: {line}", "passed": False}
        return entry
    arrays = compare_pair(pair, forward_only=forward_only)
    same_count = pair.weights["keras"] == pair.weights["numpy"]
    entry |= {"arrays": [array.to_json() for array in arrays], "weights": pair.weights}
    return entry | {"passed": same_count and all(array.passed for array in arrays)}


def _sum_up(kind: str, cases: list[dict[str, Any]]) -> dict[str, Any]:
    arrays = [array | {"case": case["case"]} for case in cases for array in case["arrays"]]
    backward = [array for array in arrays if array["name"].startswith("gradient")]
    forward = [array for array in arrays if not array["name"].startswith("gradient")]
    return {
        "kind": kind,
        "cases": len(cases),
        "failed": [case["case"] for case in cases if not case["passed"]],
        "error": next((case["error"] for case in cases if case["error"]), None),
        "forward": _direction(forward),
        "backward": _direction(backward) if backward else None,
        "passed": all(case["passed"] for case in cases),
    }


def _direction(arrays: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Sums over all arrays of one direction, and the array that is worst in units of its tolerance."""
    arrays = list(arrays)
    if not arrays:
        return None
    worst = max(arrays, key=lambda array: array["largest_difference"] / array["tolerance"])
    keras, ours = (sum(array[f"{side}_sum"] for array in arrays) for side in ("keras", "numpy"))
    return {
        "arrays": len(arrays),
        "keras_sum": keras,
        "numpy_sum": ours,
        "sum_difference": abs(keras - ours),
        "largest_difference": worst["largest_difference"],
        "tolerance": worst["tolerance"],
        "worst_case": worst["case"],
        "worst_array": worst["name"],
        "passed": all(array["passed"] for array in arrays),
    }
