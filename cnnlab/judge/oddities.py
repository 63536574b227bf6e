"""Shapes of one's own: right numbers with more axes, or functions that want rows or columns."""

from cnnlab.judge.outcome import Array, vector_shape
from cnnlab.judge.standing import Oddity

SHORT = {"flatten_layer": "flatten", "dense_layer": "dense", "feedforward_sample": "dense"}
WANTED = ("row", "column")  # the order of `cases._rows_and_columns`


def shape_oddity(name: str, value: Array) -> Oddity:
    """The right numbers in another shape."""
    shape = vector_shape(value)
    if name not in SHORT or shape not in WANTED:
        said = (
            "wrong_shape",
            f"The numbers are right, but the shape is {value.shape}: it has axes of length one too many.",
        )
        return Oddity(said, said)
    form = "(1, n)" if shape == "row" else "(n, 1)"
    mistake = f"{SHORT[name]}_returns_{shape}"
    harmless = f"The numbers are right, but come as a {shape} of shape {form}; the interface has a vector."
    return Oddity((mistake, harmless), (mistake, f"{harmless} What comes after it goes wrong with that."))


def input_oddity(name: str, way: int, harmful: tuple[str, str]) -> Oddity:
    """A function that is right for rows or columns and not for vectors."""
    shape = WANTED[way]
    if name == "activation":
        message = f"softmax takes a {shape} and no vector; the file's own network passes it what it needs."
        return Oddity(("softmax_needs_two_axes", message), harmful)
    message = f"The layer takes a {shape} and no vector; the file's own network passes it what it needs."
    return Oddity((f"{SHORT[name]}_needs_{shape}", message), harmful)
