"""Shapes of one's own, no mistake where the file's own network is right with them."""

from dataclasses import dataclass

from cnnlab.judge.outcome import Array, vector_shape

SHORT = {"flatten_layer": "flatten", "dense_layer": "dense", "feedforward_sample": "dense"}
WANTED = ("row", "column")  # the order of the alternatives in `cases`
Named = tuple[str, str]
"""Identifier and message of a finding."""


@dataclass(frozen=True)
class UnusualShape:
    """The message where it does no harm (under beyond), and at the grade of a network that goes wrong with it."""

    harmless: Named
    harmful: Named


def returned_shape(name: str, value: Array) -> UnusualShape:
    """The right numbers in another shape."""
    shape = vector_shape(value)
    if name not in SHORT or shape not in WANTED:
        message = (
            f"The numbers are right, but the shape is {value.shape}: it has axes of length one too many."
        )
        return UnusualShape(("wrong_shape", message), ("wrong_shape", message))
    form = "(1, n)" if shape == "row" else "(n, 1)"
    mistake = f"{SHORT[name]}_returns_{shape}"
    message = f"The numbers are right, but come as a {shape} of shape {form}; the interface has a vector."
    return UnusualShape((mistake, message), (mistake, f"{message} What comes after it goes wrong with that."))


def needed_shape(name: str, way: int, harmful: Named) -> UnusualShape:
    """A function that is right for rows or columns and not for vectors."""
    shape = WANTED[way]
    what, mistake = "The layer", f"{SHORT.get(name)}_needs_{shape}"
    if name == "activation":
        what, mistake = "softmax", "softmax_needs_two_axes"
    message = f"{what} takes a {shape} and no vector; the file's own network passes it what it needs."
    return UnusualShape((mistake, message), harmful)
