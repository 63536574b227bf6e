"""Every file of PatchCamelyon, looked at from beginning to end."""

import hashlib
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnnlab.datasets.base import DataPlaces
from cnnlab.datasets.obtain import FileReport
from cnnlab.datasets.pcam_files import PARTS, REMOTE, PcamLayout, part_images, part_labels, unpacked_file
from cnnlab.errors import DataError

PUBLISHED = {remote.filename: remote for files in REMOTE.values() for remote in files}


def check_files(layout: PcamLayout, places: DataPlaces) -> list[FileReport]:
    """Report on each file of the set; where none is found, on all as missing in the first folder searched."""
    check = _Check(layout, layout.folder(places) or layout.searched(places)[0])
    for part in PARTS:
        check.part(part)
    return check.reports


class _Check:
    """The reports so far, and what later files are compared with."""

    def __init__(self, layout: PcamLayout, folder: Path) -> None:
        self.reports: list[FileReport] = []
        self._layout, self._folder = layout, folder
        self._counts: dict[str, int] = {}  # images of each part that could be read
        self._side: int | None = None

    def part(self, part: str) -> None:
        """Look at the one or two files of a part."""
        images, labels = self._layout.files(self._folder, part)
        if labels is None:
            self._report(images, lambda: f"{self._images(part)}; {self._labels(part)}")
            return
        self._report(images, lambda: self._images(part))
        if part != "test" or labels.is_file():
            self._report(labels, lambda: self._labels(part))

    def _report(self, path: Path, look: Callable[[], str]) -> None:
        try:
            if path.suffix == ".gz":
                _check_hash(path)
            unpacked_file(self._layout, path)
            self.reports.append(FileReport(path, "ok", look()))
        except DataError as error:
            self.reports.append(FileReport(path, "damaged" if path.is_file() else "missing", str(error)))

    def _images(self, part: str) -> str:
        images = part_images(self._layout, self._folder, part)
        assert images is not None
        deque(images.blocks(), maxlen=0)  # to the end
        count, side, published = len(images), images.shape[1], self._layout.counts[part]
        self._counts[part] = count
        self._side = self._side or side
        if side != self._side:
            raise DataError(
                f"{self._layout.files(self._folder, part)[0]}: the images are {side}x{side}, and those of other parts "
                f"{self._side}x{self._side}; expected one size."
            )
        note = "" if count == published else f" (the published set has {published:,})"
        return f"{count:,} images {side}x{side}x3{note}"

    def _labels(self, part: str) -> str:
        labels = part_labels(self._layout, self._folder, part, self._counts.get(part))
        if labels is None:
            return "no labels: they are hidden"
        return f"{len(labels):,} labels, {np.count_nonzero(labels):,} of them tumour"


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
