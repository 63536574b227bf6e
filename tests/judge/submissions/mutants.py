"""Every known mistake in both styles, and pairs of them."""

import random
from dataclasses import dataclass

from .contract import CALLERS, NETWORK
from .editing import STYLES, apply_edits, find_function, reference_source
from .mistakes import MISTAKES
from .mistakes.mistake import Mistake


@dataclass(frozen=True)
class Mutant:
    """A submission with one mistake.

    A judge must report `identifier` at the check `function` with the grade `grade`, and nothing may fail at a
    more severe one. Where the grade is required, `expected_checks` fail at that grade and no others. At the
    less severe grades `possible_checks`, which use the function, may fail with it.
    """

    name: str
    identifier: str
    style: str
    function: str
    grade: str
    description: str
    source: str
    expected_checks: tuple[str, ...]
    possible_checks: tuple[str, ...]
    stops_callers: bool

    @property
    def line(self) -> int:
        """Where the function begins."""
        return find_function(self.source, self.function).lineno


@dataclass(frozen=True)
class Pair:
    """A submission with two mistakes in different functions: both must be named."""

    style: str
    first: Mistake
    second: Mistake
    source: str

    @property
    def expected(self) -> set[tuple[str, str]]:
        """The findings that a judge must report, as (check, identifier)."""
        return {(mistake.function, mistake.identifier) for mistake in (self.first, self.second)}


def make_mutant(mistake: Mistake, style: str) -> Mutant:
    """One mistake in the reference of one style."""
    source = apply_edits(reference_source(style), mistake.edits(style))
    return Mutant(
        name=f"{mistake.name}-{style}",
        identifier=mistake.identifier,
        style=style,
        function=mistake.function,
        grade=mistake.grade,
        description=mistake.description,
        source=source,
        expected_checks=(mistake.function, *mistake.consequences),
        possible_checks=CALLERS[mistake.function],
        stops_callers=mistake.stops_callers,
    )


MUTANTS: list[Mutant] = [make_mutant(mistake, style) for mistake in MISTAKES for style in STYLES]

# Identifiers that begin so concern which function is applied to a layer's sums.
ACTIVATION_WORDS = ("activation", "softmax", "relu", "sigmoid")
ACCURACY_WORDS = ("accuracy", "argmax", "argmin")
HIDDEN_PAIRS = {
    frozenset(names)
    for names in (
        ("sigmoid_name_misspelt", "conv_activation_twice"),
        ("only_first_channel_used", "hidden_activation_missing"),
        ("pool_across_channels", "hidden_activation_missing"),
        ("pool_negative_as_zero", "hidden_activation_missing"),
    )
}


def hides(first: Mistake, second: Mistake) -> bool:
    """Whether one of two mistakes may keep the other from being seen when the submission runs as a whole."""
    if frozenset((first.name, second.name)) in HIDDEN_PAIRS:
        return True
    return hides_caller(first, second) or hides_caller(second, first)


def hides_caller(inner: Mistake, outer: Mistake) -> bool:
    """Whether a mistake in a function may hide one in a function that uses it."""
    if outer.function not in CALLERS[inner.function]:
        return False
    # Activations at two levels overwrite each other; without probabilities a loss says little; and the
    # accuracies of a network at chance can be equal by accident.
    about_activation = inner.identifier.startswith(ACTIVATION_WORDS)
    about_accuracy = outer.identifier.startswith(ACCURACY_WORDS)
    return (
        inner.stops_callers
        or (about_activation and outer.function in NETWORK)
        or (about_accuracy and inner.grade == "required" and "evaluate" in inner.consequences)
    )


def pairs(seed: int, n: int = 60) -> list[Pair]:
    """Draw n different pairs of mistakes in different functions, each in one style drawn at random."""
    generator = random.Random(seed)
    drawn: dict[tuple[str, frozenset[str]], Pair] = {}
    while len(drawn) < n:
        first, second = generator.sample(MISTAKES, 2)
        style = generator.choice(STYLES)
        if first.function == second.function or hides(first, second):
            continue
        source = apply_edits(reference_source(style), (*first.edits(style), *second.edits(style)))
        drawn[style, frozenset((first.name, second.name))] = Pair(style, first, second, source)
    return list(drawn.values())
