"""Image files with what is known of each, and the source that they make."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnlab.datasets.class_order import Label
from cnnlab.datasets.folders.picture_tree import few
from cnnlab.datasets.source import PARTS, DataSource, SourcePart
from cnnlab.errors import DataError, counted


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """An image file: name is its path below the folder with "/"; label None: hidden; group None: unknown."""

    name: str
    part: str
    label: Label | None = None
    group: str | None = None


@dataclass(frozen=True)
class LabelledFiles:
    """Image files in natural order; how they were read, as a sentence, and notes on what does not fit.

    guessed: something had to be guessed, so that a person should read the sentence. class_names: all classes in their
    order, where a table has a column for each.
    """

    files: Sequence[LabelledFile]
    reading: str
    guessed: bool = False
    notes: tuple[str, ...] = field(default=())
    class_names: tuple[str, ...] | None = None


def files_source(root: Path, found: LabelledFiles) -> DataSource:
    """The source that these files make; labels hidden in the test part alone.

    Labelled and unlabelled images in one part: those without a label are left out, with a note.
    """
    parts, notes = {}, list(found.notes)
    for part in PARTS:
        files = [file for file in found.files if file.part == part]
        bare = [file.name for file in files if file.label is None]
        if bare and (part != "test" or len(bare) < len(files)):
            files = [file for file in files if file.label is not None]
            notes.append(missing_note(f"{part} image", bare, "no label"))
        if files:
            parts[part] = _part(root, files)
    if "train" not in parts:
        raise DataError(f"{root} holds no labelled image to train on. {found.reading}")
    reading = (found.reading,) if found.guessed else ()
    return DataSource(root, parts, found.reading, found.class_names, (*reading, *notes))


def missing_note(noun: str, names: Sequence[str], lack: str) -> str:
    """A note on what lacks something: "2 train images have no label and were left out: a.png, b.png."."""
    have, were = ("has", "was") if len(names) == 1 else ("have", "were")
    return f"{counted(len(names), noun)} {have} {lack} and {were} left out: {few(list(names))}."


def _part(root: Path, files: Sequence[LabelledFile]) -> SourcePart:
    labels, groups = [file.label for file in files], [file.group for file in files]
    if not all(isinstance(label, int) for label in labels):
        labels = [None if label is None else str(label) for label in labels]
    return SourcePart(
        [root / file.name for file in files],
        None if labels[0] is None else np.array(labels),
        np.array([file.name for file in files]),
        None if not any(groups) else np.array([file.group or file.name for file in files]),
    )
