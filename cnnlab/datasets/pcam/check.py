"""Every file of PatchCamelyon, looked at from beginning to end."""

import hashlib
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnnlab.datasets.base import DataPlaces
from cnnlab.datasets.obtain import FileReport
from cnnlab.datasets.pcam.files import (
    REMOTE,
    PcamLayout,
    image_path,
    label_path,
    part_groups,
    part_images,
    part_labels,
)
from cnnlab.datasets.pcam.missing import missing_file
from cnnlab.datasets.pcam.search import PARTS, SPOKEN, PcamFiles
from cnnlab.errors import DataError, counted

PUBLISHED = {remote.filename: remote for files in REMOTE.values() for remote in files}


def check_files(layout: PcamLayout, places: DataPlaces) -> list[FileReport]:
    """Report on each file of the set; where none is found, on all as missing in the first folder searched."""
    nothing = PcamFiles(layout.searched(places)[0], layout.editions[0], {}, dataset=layout.dataset)
    check = _Check(layout, layout.find(places) or nothing)
    for part in PARTS:
        check.part(part)
    return check.reports


class _Check:
    """The reports so far, and what later files are compared with."""

    def __init__(self, layout: PcamLayout, files: PcamFiles) -> None:
        self.reports: list[FileReport] = []
        self._layout, self._files = layout, files
        self._counts: dict[str, int] = {}  # images of each part that could be read
        self._side: int | None = None

    def part(self, part: str) -> None:
        """Look at the one or two files of a part."""
        images = image_path(self._files, part)
        labels = self._label_file(part)
        if labels is None or labels == images:
            self._report(images, lambda: f"{self._images(part)}; {self._labels(part)}{self._groups(part)}")
            return
        self._report(images, lambda: self._images(part))
        self._report(labels, lambda: f"{self._labels(part)}{self._groups(part)}")

    def _label_file(self, part: str) -> Path | None:
        """The file of a part's labels; None where that is the file of its images, or where they are hidden."""
        try:
            return label_path(self._files, part)
        except DataError:
            return self._files.labels.get(part)

    def _report(self, path: Path, look: Callable[[], str]) -> None:
        try:
            if path.suffix == ".gz":
                _check_hash(path)
            self.reports.append(FileReport(path, "ok", look()))
        except DataError as error:
            self.reports.append(FileReport(path, "damaged" if path.is_file() else "missing", str(error)))

    def _images(self, part: str) -> str:
        path = image_path(self._files, part)
        images = part_images(self._files, part)
        if images is None:
            raise missing_file(self._files, path)
        deque(images.blocks(), maxlen=0)  # to the end
        count, side, published = len(images), images.shape[1], self._layout.counts[part]
        self._counts[part] = count
        self._side = self._side or side
        if side != self._side:
            raise DataError(
                f"{path}: the images are {side}x{side}, and those of other parts {self._side}x{self._side}; expected "
                "one size."
            )
        note = "" if count == published else f" (the published set has {published:,})"
        return f"{SPOKEN[part]}: {count:,} images {side}x{side}x3{note}"

    def _labels(self, part: str) -> str:
        labels = part_labels(self._files, part, self._counts.get(part))
        if labels is None:
            return "no labels: they are hidden"
        return f"{len(labels):,} labels, {np.count_nonzero(labels):,} of them tumour"

    def _groups(self, part: str) -> str:
        groups = part_groups(self._files, part, self._counts[part]) if part in self._counts else None
        return "" if groups is None else f"; {counted(len(np.unique(groups)), 'group')}"


def _check_hash(path: Path) -> None:
    """Raise DataError when a packed file of the published size is not the published one to the last byte."""
    published = PUBLISHED.get(path.name)
    if published is None or path.stat().st_size != published.size:
        return
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != published.sha256:
            raise DataError(
                f"{path} has the size of the published file and another SHA-256: it is damaged. Take it away, and "
                "fetch it again with 'cnnlab data fetch pcam'."
            )
