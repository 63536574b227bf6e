"""What a person's regular expression says of the names of image files."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field

from cnnlab.datasets.folders.labelled_files import LabelledFile, LabelledFiles
from cnnlab.datasets.folders.part_names import part_of
from cnnlab.datasets.folders.picture_tree import PictureTree, few
from cnnlab.errors import DataError, counted, shown

NAMES = ("label", "group", "split")


def pattern(value: str) -> str:
    """Return `value`, a regular expression whose named groups are among `NAMES`; ValueError for anything else."""
    try:
        names = re.compile(value).groupindex
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"expected a regular expression, got '{shown(value)}' ({error})") from None
    strange = [name for name in names if name not in NAMES]
    if strange:
        raise ValueError(f"expected named groups among {', '.join(NAMES)}, got (?P<{shown(strange[0])}>...)")
    return value


Pattern = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(pattern)]


class NamePattern:
    """A pattern that is searched in each path below the folder, such as train/p07_benign_3.png."""

    def __init__(self, text: str) -> None:
        self._text, self._found = text, re.compile(text)
        self.labels = "label" in self._found.groupindex

    def chosen(self, tree: PictureTree) -> tuple[PictureTree, tuple[str, ...]]:
        """The tree with the images that match alone, and a note on the others."""
        kept = [name for name in tree.pictures if self._found.search(name)]
        if not kept:
            raise DataError(
                f"{tree.root}: the pattern {shown(self._text, 80)} matches none of the image files "
                f"{few(tree.pictures)}; it is searched in their paths below this folder, with / between folders."
            )
        if len(kept) == len(tree.pictures):
            return tree, ()
        matching = set(kept)
        others = [name for name in tree.pictures if name not in matching]
        were = "was" if len(others) == 1 else "were"
        note = (
            f"{counted(len(others), 'image')} that `pattern` does not match {were} left out: {few(others)}."
        )
        return replace(tree, pictures=kept), (note,)

    def described(self, reading: str) -> str:
        """How images were read, with what the pattern adds."""
        names = ", ".join(f"{name}s" for name in NAMES if name in self._found.groupindex)
        adds = f"{names} by" if names else "only images that match"
        return f"{reading} {adds[0].upper()}{adds[1:]} the pattern {shown(self._text, 80)}.".lstrip()

    def labelled(self, tree: PictureTree, part: Callable[[str], str | None]) -> LabelledFiles:
        """Files with the labels that the pattern finds; of which part they are, `part` says where it does not."""
        files = [LabelledFile(name, part(name) or "train") for name in tree.pictures]
        return LabelledFiles(files, "")

    def applied(self, tree: PictureTree, files: Sequence[LabelledFile]) -> list[LabelledFile]:
        """The files with what the pattern says of each in place of what was known."""
        return [self._applied(tree, file) for file in files]

    def _applied(self, tree: PictureTree, file: LabelledFile) -> LabelledFile:
        match = self._found.search(file.name)
        said = {} if match is None else {key: text for key, text in match.groupdict().items() if text}
        split = said.pop("split", None)
        part = file.part if split is None else part_of(split)
        if part is None:
            raise DataError(
                f"{tree.root / file.name}: the pattern finds the split {shown(split)}, expected train, validation or "
                "test in some spelling: change the pattern."
            )
        return replace(file, part=part, **said)
