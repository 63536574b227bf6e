"""Labelled images from outside of a run, read as data sets are, with the run's classes and sizes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, Split
from cnnlab.datasets.stored import StoredImages, central
from cnnlab.errors import DataError, RunError, counted, did_you_mean, first_few, shown
from cnnlab.predict.image_check import Expected, check_images
from cnnlab.predict.labelled import read_labelled
from cnnlab.predict.networks import TrainedRun
from cnnlab.predict.recorded import DataUsed, recorded_config
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult

MOST_NAMED = 5
ALL_PARTS = "all"


@dataclass(frozen=True)
class OutsideData:
    """Labelled images that are not the run's own, labels as its class numbers. split: which part of theirs they are."""

    config: Config
    used: DataUsed
    split: str
    images: tuple[Split, ...]
    notes: tuple[str, ...]

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return "labelled image" if self.split == ALL_PARTS else f"labelled {SPLIT_NAMES[self.split]} image"

    def drawn(self) -> bool:
        """Whether each repeat drew its own."""
        return False

    def parts(self, repeat: RepeatResult) -> tuple[Split, ...]:
        """The images, which are the same for each repeat."""
        return self.images


def outside_data(trained: TrainedRun, path: Path, split: str | None) -> OutsideData:
    """Read the labelled images in the folder or file at `path`.

    split: the part that counts; None: the test part where there is one with labels, else all.

    Raises DataError where they cannot be read, have no labels, are not what the networks take or are of classes that
    the run does not know; RunError where there is no such part.
    """
    config = recorded_config(trained.run)
    expected = Expected.of_run(trained.run.config, trained.image_shape)
    found = read_labelled(path, expected)
    chosen, parts = _chosen(found, split)
    numbers, numbered = _class_numbers(path, found.info.class_names, parts, trained.class_names)
    images = tuple(_suited(path, part, numbers, expected) for part in parts)
    labels = np.concatenate([part.labels for part in images if part.labels is not None])
    used = DataUsed(found.name, found.title, found.sha256, trained.run.data.sha256, str(path.resolve()))
    notes = (_foreign(trained, path, found), *numbered, *found.notes, *_absent(trained.class_names, labels))
    return OutsideData(config, used, chosen, images, notes)


def _chosen(found: Dataset, split: str | None) -> tuple[str, list[Split]]:
    """The name of the part that counts, and its images; "all" for those of all parts."""
    labelled = {name: part for name, part in found.splits().items() if part.labels is not None}
    if split is None:
        return ("test", [labelled["test"]]) if "test" in labelled else (ALL_PARTS, [*labelled.values()])
    if split not in found.splits():
        there = ", ".join(found.splits())
        raise RunError(f"--split {split}: {found.source} has no {SPLIT_NAMES[split]} part; it has {there}.")
    if split not in labelled:
        raise RunError(
            f"--split {split}: the labels of these images in {found.source} are hidden; those of "
            f"{', '.join(labelled)} are there."
        )
    return split, [labelled[split]]


def _class_numbers(
    path: Path, names: Sequence[str], parts: Sequence[Split], wanted: Sequence[str]
) -> tuple[np.ndarray, list[str]]:
    """For each class of the source its number in the run, int64 (classes,), -1 where it has no images; and a note.

    Classes go by their names; where these are nothing but their numbers, and the run's are no numbers, by number.
    Raises DataError for classes that the run does not know.
    """
    counts = sum(np.bincount(part.labels, minlength=len(names)) for part in parts if part.labels is not None)
    plain = [*names] == [str(k) for k in range(len(names))] and len(names) <= len(wanted)
    if plain and not {*names} & {*wanted}:
        meant = ", ".join(f"{k} is '{shown(name)}'" for k, name in enumerate(wanted[:MOST_NAMED]))
        return np.arange(len(names)), [f"The labels are taken for the numbers of the run's classes: {meant}."]
    unknown = [k for k, name in enumerate(names) if name not in wanted and np.take(counts, k)]
    if unknown:
        name, images = names[unknown[0]], counted(int(np.take(counts, unknown[0])), "image")
        raise DataError(
            f"--data: {path} has {images} of a class '{shown(name)}' that the run does not know"
            f"{did_you_mean(name, wanted)}; its classes are {first_few(list(map(shown, wanted)), MOST_NAMED)}: rename "
            "the class, or take these images out."
        )
    return np.array([wanted.index(name) if name in wanted else -1 for name in names]), []


def _suited(path: Path, part: Split, numbers: np.ndarray, expected: Expected) -> Split:
    """The part with the run's class numbers, its images checked, and cut as the run's own were."""
    crop = check_images(f"--data: {path}", part.images, expected)
    images = part.images
    if crop is not None and isinstance(images, StoredImages):
        images = images.cropped(crop)
    elif crop is not None:
        _, height, width, _ = images.shape
        images = images[:, central(height, crop), central(width, crop)]
    assert part.labels is not None
    return replace(part, images=images, labels=numbers[part.labels])


def _foreign(trained: TrainedRun, path: Path, found: Dataset) -> str:
    """Say that these are not the run's own images, or that they may be."""
    own = trained.run.data.source
    if found.sha256 == trained.run.data.sha256 or (own and Path(own).resolve() == path.resolve()):
        return (
            f"{path} is where the run's own data lie, so that these may be images that it was trained on: without "
            "--data its own validation and test images are measured."
        )
    reading = f" Read as: {found.reading}" if found.reading else ""
    return f"These are not the run's own images.{reading}"


def _absent(class_names: Sequence[str], labels: np.ndarray) -> list[str]:
    """A note on classes without an image."""
    counts = np.bincount(labels, minlength=len(class_names))
    absent = [f"'{shown(class_names[k])}'" for k in np.flatnonzero(counts == 0).tolist()]
    if not absent:
        return []
    return [
        f"None of the images is of the class {first_few(absent, MOST_NAMED)}: figures that need images of each class, "
        "such as auc, are undefined (nan)."
    ]
