"""The section `published` of a config: values from a publication, to stand beside ours."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, create_model, model_serializer

from cnnlab.parameters import Fraction
from cnnlab.registry import Parameters

SPLITS = ("test", "validation", "train")
LOSSES = ("loss", "cross_entropy")
SHARES = (
    *("accuracy", "auc", "auc_onehot", "auc_pr", "balanced_accuracy", "ece", "f1", "f1_macro"),
    *("precision", "recall", "sensitivity", "specificity"),
)
AGREEMENTS = ("cohen_kappa", "matthews")

Loss = Annotated[float, Field(ge=0)]
Agreement = Annotated[float, Field(ge=-1, le=1)]
KINDS: tuple[tuple[tuple[str, ...], Any, str], ...] = (
    (LOSSES, Loss | tuple[Loss, ...] | None, "One number, or one per repeat."),
    (
        SHARES,
        Fraction | tuple[Fraction, ...] | None,
        "One number from 0 to 1, or one per repeat; not in percent.",
    ),
    (AGREEMENTS, Agreement | tuple[Agreement, ...] | None, "One number from -1 to 1, or one per repeat."),
)


class PublishedSource(Parameters):
    """Where values were published, and of which data."""

    source: str = Field(description="Where they were published, as in a list of references.")
    dataset: str = Field(
        description="The data set that they were measured on; beside others: not comparable."
    )

    @model_serializer(mode="wrap")
    def _given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without the figures that were not published, which are most."""
        return {key: value for key, value in handler(self).items() if value is not None}


def _figures() -> dict[str, Any]:
    """A field for each figure of each split, such as test_f1_macro."""
    return {
        f"{split}_{name}": (kind, Field(None, description=text))
        for split in SPLITS
        for names, kind, text in KINDS
        for name in names
    }


if TYPE_CHECKING:
    Published = PublishedSource
else:
    Published = create_model(
        "Published",
        __base__=PublishedSource,
        __module__=__name__,
        __doc__="Values from a publication, to stand beside ours: one number, or one per repeat.",
        **_figures(),
    )
