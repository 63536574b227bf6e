"""explanation.json: what `cnnlab explain` found about one repeat's network; the maps lie beside it as arrays."""

from typing import Annotated

from pydantic import Field

from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.record import Count, Record, read_record
from cnnlab.runs.run_data import RepeatResult

Share = Annotated[float, Field(ge=0, le=1)] | None
Correlation = Annotated[float, Field(ge=-1, le=1)] | None


class CentralSquare(Record):
    """The side in pixels of the central square that should decide, what it holds, and its share of the image's area."""

    side: Count
    holds: str = ""
    area: Share = None


class MapFigures(Record):
    """The figures of one kind of map, means over the images in which they are defined.

    share, random_share: of the positive relevance within the central square, by the trained network and by one with
    random weights. correlation: Spearman's, of the maps of the two.
    """

    method: str
    share: Share = None
    random_share: Share = None
    correlation: Correlation = None


class Explanation(Record):
    """The content of explanation.json.

    split: where the images are from; hits, mistakes: how many images of each. layer: whose features Grad-CAM weighs.
    seed: of the random weights.
    """

    repeat: Count
    split: str
    hits: Count
    mistakes: Count
    layer: str | None = None
    seed: Count | None = None
    center: CentralSquare | None = None
    methods: tuple[MapFigures, ...] = Field((), max_length=10)
    notes: tuple[str, ...] = Field((), max_length=100)


def read_explanation(repeat: RepeatResult, notes: list[str]) -> Explanation | None:
    """The repeat's explanation; None where there is none, and, with a note, where it is damaged."""
    path = RepeatFolder(repeat.path, repeat.k).explanation_path
    if not path.exists() and not path.is_symlink():
        return None
    return read_record(Explanation, path, notes, f"repeats/{repeat.k}/{path.name}")
