"""The smaller sections of a config: evaluation and resources."""

from typing import Annotated

from pydantic import Field

from cnnlab.augment.views import view_set
from cnnlab.config.roles import Role
from cnnlab.items import Item, chosen
from cnnlab.parameters import Megabytes, NonNegativeFloat, PositiveFloat, PositiveInt
from cnnlab.registry import Parameters

ViewSetChoice = Annotated[Item, chosen(view_set)]


class Evaluation(Parameters):
    """How the trained network is measured, in the end and by 'cnnlab evaluate' and 'cnnlab predict'."""

    tta: Annotated[ViewSetChoice, Role.RESULTS] = Field(
        "none",
        validate_default=True,
        description="Test-time averaging: the views of each image whose probabilities are averaged.",
    )
    baseline: Annotated[bool, Role.FIGURES] = Field(
        True,
        description="Of up to 20 classes, measure beside each network a logistic regression on statistics of colour "
        "and texture, trained on the same images: seconds after each training.",
    )


class Resources(Parameters):
    """What one repeat takes of a node, where Ray or SLURM executes it; it changes no result."""

    cpus: PositiveFloat | None = Field(None, description="CPUs; null: one for each of its threads.")
    gpus: NonNegativeFloat = Field(
        0.0, description="GPUs; a fraction, such as 0.25, where repeats share one (Ray alone)."
    )
    memory: Megabytes | None = Field(
        None, description="Megabytes, or text such as 4 GB; null: not asked for."
    )
    minutes: PositiveInt | None = Field(
        None, description="SLURM's limit of time for a repeat; null: that of the partition."
    )
