"""The tables beside images that name them: found by looking, or named by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnnlab.datasets.folders.label_columns import (
    ENOUGH,
    LABEL_WORDS,
    ColumnKeys,
    LabelColumns,
    label_columns,
    plain,
    sample,
)
from cnnlab.datasets.folders.label_table import SUFFIXES, LabelTable, read_table
from cnnlab.datasets.folders.part_names import folder_part, part_of, words_of
from cnnlab.datasets.folders.picture_index import PictureIndex, stem
from cnnlab.datasets.folders.picture_tree import PictureTree, few
from cnnlab.datasets.source import PARTS
from cnnlab.errors import DataError, shown

NO_LABELS = {
    "submission",
    "submissions",
    "submit",
    "sample",
    "example",
    "prediction",
    "predictions",
    "baseline",
}
"""Words in the names of tables that hold no labels, but the form of an answer."""
MOST_TABLES = 50


@dataclass(frozen=True)
class ImageTable:
    """A table that names images. part: what its name says, or that of its folder."""

    table: LabelTable
    columns: LabelColumns
    part: str | None


@dataclass(frozen=True)
class TableSearch:
    """What is searched for tables, and which columns a person named."""

    tree: PictureTree
    index: PictureIndex
    keys: ColumnKeys

    def named(self, labels: str) -> ImageTable:
        """The table that a person named; raises DataError where it is none of these images."""
        name, root = labels.replace("\\", "/").removeprefix("./"), self.tree.root
        if name not in self.tree.others:
            tables = self._tables()
            there = f"; there is {few(tables)}" if tables else ""
            raise DataError(
                f"{root} holds no file {shown(labels)}, which `labels` names (a path below this folder){there}."
            )
        if not name.lower().endswith(SUFFIXES):
            raise DataError(f"{root / name} is no {', '.join(SUFFIXES)} file: save the table as CSV.")
        found = self._read(name)
        if found is None:
            table = read_table(root / name, name, self.index.is_image)
            raise DataError(
                f"{root / name} names none of the images ({few(self.tree.pictures)}); it has the columns "
                f"{few(table.columns)} and begins with {few(table.rows[0]) if table.rows else 'nothing'}: correct the "
                "names, or name the right column with `image_column`."
            )
        return found

    def found(self, *, tolerant: bool) -> list[ImageTable]:
        """The tables that name many of the images, at most one for each part, or one for all.

        tolerant: what cannot be read is passed over. Raises DataError where several say the same.
        """
        names = [name for name in self._tables() if not NO_LABELS & set(words_of(name.rpartition("/")[2]))]
        if len(names) > MOST_TABLES:
            return []  # annotations, one for each image
        tables = [
            table for name in names if (table := self._tried(name, tolerant)) and self._is_likely(table)
        ]
        tables = _same_labels(tables)
        labelled = {table.part for table in tables if table.columns.has_labels}
        useful = [
            t for t in tables if t.columns.has_labels or (t.part == "test" not in labelled) or not labelled
        ]
        useful = sorted(_without_small_ones(useful), key=lambda table: PARTS.index(table.part or "train"))
        return _one_for_each_part(self.tree, useful)

    def refused(self) -> None:
        """Raise DataError, saying why, where there is a table that names none of the images."""
        for name in self._tables():
            if not NO_LABELS & set(words_of(name.rpartition("/")[2])) and not name.lower().endswith(".txt"):
                self.named(name)

    def _tables(self) -> list[str]:
        return [name for name in self.tree.others if name.lower().endswith(SUFFIXES)]

    def _tried(self, name: str, tolerant: bool) -> ImageTable | None:
        try:
            return self._read(name)
        except DataError:
            if tolerant or name.lower().endswith(".txt"):
                return None
            raise

    def _read(self, name: str) -> ImageTable | None:
        path = self.tree.root / name
        table = read_table(path, name, self.index.is_image)
        columns = label_columns(str(path), table, self.index, self.keys)
        if columns is None:
            return None
        return ImageTable(table, columns, part_of(stem(name.rpartition("/")[2])) or folder_part(name))

    def _is_likely(self, table: ImageTable) -> bool:
        """Whether many of its rows name images, or it names many of the images."""
        rows, texts = len(table.table.rows), sample(table.table, table.columns.image)
        named = sum(map(self.index.is_image, texts)) / max(1, len(texts)) * rows
        return named > 0 and named >= ENOUGH * min(rows, len(self.tree.pictures))


def _same_labels(tables: Sequence[ImageTable]) -> list[ImageTable]:
    """The tables, all with the label's column of the one for training: another column of another table is no label."""
    first = next((each for part in ("train", None) for each in tables if each.part == part), None)
    if first is None or first.columns.label is None:
        return list(tables)
    name = first.table.columns[first.columns.label]
    return [table if table is first else _with_label(table, name) for table in tables]


def _with_label(table: ImageTable, name: str) -> ImageTable:
    at = table.columns.label
    if name in table.table.columns:
        at = table.table.columns.index(name)
    elif at is not None and plain(table.table.columns[at]) not in LABEL_WORDS:
        at = None
    return replace(table, columns=replace(table.columns, label=at))


def _without_small_ones(tables: Sequence[ImageTable]) -> list[ImageTable]:
    """Without tables of no part that have far fewer rows than those of the parts: they show an image of each class."""
    rows = sum(len(table.table.rows) for table in tables if table.part is not None)
    return [table for table in tables if table.part is not None or 2 * len(table.table.rows) >= rows]


def _one_for_each_part(tree: PictureTree, found: Sequence[ImageTable]) -> list[ImageTable]:
    by_part: dict[str | None, ImageTable] = {}
    for table in found:
        other = by_part.setdefault(table.part, table)
        if other is not table or (None in by_part and len(by_part) > 1):
            first = next(iter(by_part.values()))
            raise DataError(
                f"{tree.root} holds {shown((other if other is not table else first).table.name)} and "
                f"{shown(table.table.name)}, and both name images: say with the key `labels` which one counts."
            )
    return list(by_part.values())
