"""Which data sets there are, and which of them lie on this machine."""

from dataclasses import dataclass

from cnnlab.datasets.base import DataPlaces, dataset
from cnnlab.errors import DataError
from cnnlab.registry import Entry


@dataclass(frozen=True)
class Availability:
    """One data set as a listing shows it."""

    name: str
    title: str
    found: str | None  # the file or folder; None where it is missing, or where the config names it
    size: str  # images and their shape in a few words; empty where unknown
    note: str


def availability(places: DataPlaces) -> list[Availability]:
    """Return a row for each registered data set, by name. Nothing is downloaded and no content is checked."""
    return [_row(dataset.get(name), places) for name in dataset]


def _row(entry: Entry, places: DataPlaces) -> Availability:
    traits = entry.traits
    found, note = None, traits.get("note", "")
    try:
        path = traits["find"](places) if "find" in traits else None
        found = None if path is None else str(path)
    except DataError as error:
        note = str(error)
    title = traits.get("title") or entry.summary or entry.name
    return Availability(entry.name, title, found, traits.get("size", ""), note)
