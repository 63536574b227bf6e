"""How many groups and images each repeat validates on, where whole groups are drawn: said before training."""

from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset
from cnnlab.datasets.groups import shared_codes
from cnnlab.datasets.splits import share_of
from cnnlab.errors import from_to
from cnnlab.training.inputs import drawn_labels


def group_notes(config: Config, data: Dataset) -> list[str]:
    """A sentence on the sizes of the validation splits that are drawn group by group; none where none are."""
    groups, fraction = data.train.groups, config.data.validation_fraction
    if groups is None or shared_codes(groups) is None or data.validation is not None or not fraction:
        return []
    held_out = [
        splits.validation for _, splits in drawn_labels(config.model_copy(update=_whole(config)), data)
    ]
    images = [len(part) for part in held_out if part is not None]
    chosen = [
        len(set(part.groups.tolist())) for part in held_out if part is not None and part.groups is not None
    ]
    return [
        f"Groups stay whole: {from_to(chosen)} of {len(set(groups.tolist())):,} groups with {from_to(images)} of "
        f"{len(groups):,} images validate in each repeat, where validation_fraction asks for "
        f"{share_of(len(groups), fraction):,}."
    ]


def _whole(config: Config) -> dict[str, object]:
    """The config's data section without a limit of images."""
    return {"data": config.data.model_copy(update={"limit_per_split": None})}
