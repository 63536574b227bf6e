"""The smaller sections of a config: evaluation, resources, published."""

from typing import Annotated

from pydantic import Field

from cnnlab.augment.views import view_set
from cnnlab.config.roles import Role
from cnnlab.items import Item, chosen
from cnnlab.parameters import Fraction, Megabytes, NonNegativeFloat, PositiveFloat, PositiveInt
from cnnlab.registry import Parameters

ViewSetChoice = Annotated[Item, chosen(view_set)]


class Evaluation(Parameters):
    """How the trained network is measured, in the end and by 'cnnlab evaluate' and 'cnnlab predict'."""

    tta: Annotated[ViewSetChoice, Role.RESULTS] = Field(
        "none",
        validate_default=True,
        description="Test-time averaging: the views of each image whose probabilities are averaged.",
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


Loss = Annotated[float, Field(ge=0)]
Figure = Annotated[Loss | tuple[Loss, ...] | None, Field(description="One number, or one per repeat.")]
Share = Annotated[
    Fraction | tuple[Fraction, ...] | None,
    Field(description="One number from 0 to 1, or one per repeat; not in percent."),
]


class Published(Parameters):
    """Values from a publication, to stand beside ours: one number, or one per repeat."""

    source: str = Field(description="Where they were published, as in a list of references.")
    dataset: str = Field(
        description="The data set that they were measured on; beside others: not comparable."
    )
    train_loss: Figure = None
    train_cross_entropy: Figure = None
    train_accuracy: Share = None
    train_auc: Share = None
    train_auc_onehot: Share = None
    validation_loss: Figure = None
    validation_cross_entropy: Figure = None
    validation_accuracy: Share = None
    validation_auc: Share = None
    validation_auc_onehot: Share = None
    test_loss: Figure = None
    test_cross_entropy: Figure = None
    test_accuracy: Share = None
    test_auc: Share = None
    test_auc_onehot: Share = None
