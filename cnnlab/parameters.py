"""Types of parameters that blocks, augmentations, data sets and the config share."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from cnnlab.errors import describe

PositiveInt = Annotated[int, Field(ge=1, le=1_000_000)]
NonNegativeInt = Annotated[int, Field(ge=0, le=1_000_000)]
SmallInt = Annotated[int, Field(ge=1, le=1_000)]
PositiveFloat = Annotated[float, Field(gt=0)]
NonNegativeFloat = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, lt=1)]
"""A share of at least 0 and below 1, such as a dropout rate."""

Fraction = Annotated[float, Field(ge=0, le=1)]
"""A share from 0 to 1, both included."""


def increasing(value: Any) -> Any:
    """Return `value`; ValueError where it is a pair whose first number is above its second."""
    if isinstance(value, tuple) and value[0] > value[1]:
        raise ValueError(f"expected [low, high] with low not above high, got [{value[0]}, {value[1]}]")
    return value


def strictly_increasing(value: tuple[float, float]) -> tuple[float, float]:
    """Return the pair `value`; ValueError unless its first number is below its second."""
    if not value[0] < value[1]:
        raise ValueError(f"expected [low, high] with low below high, got [{value[0]}, {value[1]}]")
    return value


def monitor(value: str) -> str:
    """Return `value`, a figure's name; ValueError unless it is one of the validation split."""
    if not value.startswith("val_"):
        raise ValueError(
            f"expected a figure of the validation split, such as val_loss, got {describe(value)}: "
            "nothing else may choose an epoch"
        )
    return value


_MEGABYTES = {"KB": 1e-3, "KIB": 2**10 / 1e6, "MB": 1.0, "MIB": 2**20 / 1e6, "GB": 1e3, "GIB": 2**30 / 1e6}


def megabytes(value: Any) -> Any:
    """Return text such as "2 GB" as a number of megabytes; anything but text is returned as it is."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([KMG]I?B)\s*", value, flags=re.IGNORECASE)
    if found is None:
        raise ValueError(
            f"expected a number of megabytes, or text such as 2 GB or 500 MB, got {describe(value)}"
        )
    return round(float(found[1]) * _MEGABYTES[found[2].upper()], 6)


_Turn = Annotated[float, Field(ge=-1, le=1)]
_Zoom = Annotated[float, Field(gt=-1, le=1)]
_Bits = Annotated[int, Field(ge=1, le=8)]
SignedFactor = Annotated[_Turn | tuple[_Turn, _Turn], AfterValidator(increasing)]
"""A number from -1 to 1, or a pair [low, high] of such numbers."""

ZoomFactor = Annotated[_Zoom | tuple[_Zoom, _Zoom], AfterValidator(increasing)]
"""Like `SignedFactor`, but above -1: what zooms by -1 fills the image with nothing."""

Factor = Annotated[Fraction | tuple[Fraction, Fraction], AfterValidator(increasing)]
"""A number from 0 to 1, or a pair [low, high] of such numbers."""

Bits = Annotated[_Bits | tuple[_Bits, _Bits], AfterValidator(increasing)]
"""A number of bits from 1 to 8, or a pair [low, high] of such numbers."""

ValueRange = Annotated[tuple[float, float], AfterValidator(strictly_increasing)]
"""The pair [low, high] that an image's values lie between."""

Activation = Literal[
    "relu", "leaky_relu", "elu", "gelu", "selu", "silu", "sigmoid", "softplus", "tanh", "linear"
]
Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "zeros"
]
Padding = Literal["same", "valid"]
Monitor = Annotated[str, AfterValidator(monitor), WithJsonSchema({"type": "string", "pattern": "^val_"})]
"""A figure of the validation split that may choose an epoch; the test split chooses nothing."""

Megabytes = Annotated[
    float,
    Field(ge=0, le=1e9),
    BeforeValidator(megabytes),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1e9},
                {"type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*[KkMmGg][Ii]?[Bb]\s*$"},
            ]
        }
    ),
]
"""A number of megabytes (10**6 bytes), or text with a unit: 500 MB, 2 GB, 1.5 GiB."""
