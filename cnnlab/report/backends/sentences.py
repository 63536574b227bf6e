"""The sentences at the end of a comparison: what remains when only the framework changes?"""

import math
from collections.abc import Iterator

from cnnlab.errors import counted
from cnnlab.report.backends.gather import BackendComparison
from cnnlab.report.cells import difference_decimals
from cnnlab.report.comparison import Contrast
from cnnlab.report.numbers import show_interval, show_p
from cnnlab.report.sentences import metric_name, seen, with_unit


def conclusion(found: BackendComparison) -> str:
    """Say whether the headline metric differs between the backends beyond chance, and what could have been seen."""
    comparison, key = found.comparison, found.comparison.headline
    if key is None:
        return "No repeat is finished on both sides: there is nothing to compare."
    contrasts = comparison.headline_contrasts
    name = metric_name(*key)
    tested = [contrast for contrast in contrasts if contrast.test is not None]
    if not tested:
        return _untested(name, contrasts)
    beyond = [contrast for contrast in tested if contrast.beyond_chance]
    if beyond:
        differences = "; ".join(_beyond(found, contrast) for contrast in beyond)
        rest = " The other backends differ no more than chance explains." if len(beyond) < len(tested) else ""
        return f"There is a difference in {name} beyond chance: {differences}.{rest}"
    pairs = min(_pairs(contrast) for contrast in tested)
    return (
        f"No difference in {name} beyond chance ({counted(pairs, 'pair')} of repeats with the same seed; smallest "
        f"{show_p(min(contrast.p for contrast in tested))}{_adjusted(tested)}). {_limits(tested)}"
    )


def conditions(found: BackendComparison) -> Iterator[str]:
    """What a reader must know of the figures: what is not the same, and what times are worth."""
    others = list(_departures(found))
    yield from others
    same = "" if others else "; all that the networks started from and were given is the same"
    yield f"dropout masks differ between backends{same}"
    yield "times and memory are those of these runs, with whatever else the machine did meanwhile"


def _departures(found: BackendComparison) -> Iterator[str]:
    for side in found.sides[1:]:
        if side.agreement is not None and not (side.agreement.same_weights and side.agreement.same_batch):
            yield f"{side.backend} did not start from the same weights or the same first batch, to the bit"
        if side.inputs is not None and side.inputs.same < side.inputs.epochs:
            differing = side.inputs.epochs - side.inputs.same
            yield f"{side.backend} saw other inputs in {differing} of {counted(side.inputs.epochs, 'epoch')}"


def _untested(name: str, contrasts: list[Contrast]) -> str:
    pairs = [contrast.paired for contrast in contrasts if contrast.paired is not None]
    if pairs and len(pairs) == len(contrasts):
        return f"No difference in {name} to be tested: between two backends every pair differs by the same amount."
    return f"One repeat each has no spread: whether {name} differs beyond chance, only more repeats can show."


def _beyond(found: BackendComparison, contrast: Contrast) -> str:
    test, metric = contrast.test, contrast.metric
    if test is None:
        return ""
    decimals = difference_decimals(metric, test)
    return (
        f"{found.sides[contrast.side].backend} is {with_unit(metric, test.difference, decimals)} from "
        f"{found.sides[0].backend} (95 % interval {show_interval(metric, test.ci95, decimals)}, {show_p(contrast.p)}"
        f"{_adjusted(list(found.comparison.contrasts)) if len(found.sides) > 2 else ''})"
    )


def _limits(tested: list[Contrast]) -> str:
    metric = tested[0].metric
    tests = [c.test for c in tested if c.test is not None]
    widest = max(tests, key=lambda test: math.inf if test.detectable is None else test.detectable)
    less = "" if widest.detectable is None else ", a smaller one less often"
    shown = seen(metric, widest.detectable, difference_decimals(metric, widest))
    return f"That is no proof of equality: {shown}{less}."


def _pairs(contrast: Contrast) -> int:
    return 0 if contrast.paired is None else len(contrast.paired.differences)


def _adjusted(tested: list[Contrast]) -> str:
    sides = len({contrast.side for contrast in tested})
    return f", adjusted for {sides} comparisons" if sides > 1 else ""
