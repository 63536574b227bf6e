"""Types of parameters that blocks, augmentations, data sets and the config share."""

from typing import Annotated, Literal

from pydantic import Field

PositiveInt = Annotated[int, Field(ge=1, le=1_000_000)]
NonNegativeInt = Annotated[int, Field(ge=0, le=1_000_000)]
SmallInt = Annotated[int, Field(ge=1, le=1_000)]
PositiveFloat = Annotated[float, Field(gt=0)]
NonNegativeFloat = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, lt=1)]
"""A share of at least 0 and below 1, such as a dropout rate."""

Fraction = Annotated[float, Field(ge=0, le=1)]
"""A share from 0 to 1, both included."""

Pair = tuple[float, float]
Activation = Literal[
    "relu", "leaky_relu", "elu", "gelu", "selu", "silu", "sigmoid", "softplus", "tanh", "linear"
]
Initializer = Literal[
    "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "zeros"
]
Padding = Literal["same", "valid"]
Monitor = Literal["val_loss", "val_cross_entropy", "val_accuracy", "val_auc"]
"""A figure of the validation split that may choose an epoch; the test split chooses nothing."""
