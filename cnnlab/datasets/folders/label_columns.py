"""Which column of a table names the image, and which hold its label, its part and its group."""

import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

from cnnlab.datasets.arrays.spellings import KINDS
from cnnlab.datasets.folders.label_table import LabelTable
from cnnlab.datasets.folders.part_names import part_of
from cnnlab.datasets.folders.picture_index import PictureIndex
from cnnlab.datasets.folders.picture_tree import few
from cnnlab.errors import DataError, did_you_mean, shown

IMAGE_WORDS = (
    *(
        "image",
        "images",
        "img",
        "filename",
        "file",
        "filepath",
        "imagepath",
        "path",
        "filenames",
        "files",
        "imageid",
    ),
    *(
        "imagename",
        "imageids",
        "imagefile",
        "imgid",
        "imgname",
        "imgpath",
        "id",
        "idcode",
        "ids",
        "name",
        "uid",
    ),
)
LABEL_WORDS = (
    *(
        "label",
        "labels",
        "target",
        "targets",
        "class",
        "classes",
        "classname",
        "classlabel",
        "classid",
        "category",
    ),
    *(
        "diagnosis",
        "dx",
        "y",
        "labelname",
        "labelid",
        "tumor",
        "tumour",
        "cancer",
        "malignant",
        "species",
        "breed",
    ),
)
SPLIT_WORDS = ("split", "set", "subset", "partition", "phase", "dataset", "fold", "usage", "part")
GROUP_WORDS = (
    *KINDS["groups"],
    "lesionid",
    "donor",
    "donorid",
    "person",
    "personid",
    "animal",
    "animalid",
    "mouse",
)
SAMPLE = 500  # rows that are looked at
ENOUGH = 0.5  # the share of them that must name an image


@dataclass(frozen=True)
class ColumnKeys:
    """The columns that a person names; None: to be found."""

    image_column: str | None = None
    label_column: str | None = None
    split_column: str | None = None
    group_column: str | None = None


@dataclass(frozen=True)
class LabelColumns:
    """Where each thing stands, counted from 0; None: nowhere.

    one_hot: columns of 0 and 1, one for each class, in place of a label. others: further columns that may be labels:
    which one is a guess where there is a label, and cannot be told where there is none.
    """

    image: int
    label: int | None
    split: int | None
    group: int | None
    one_hot: tuple[int, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def has_labels(self) -> bool:
        """Whether there are labels, in whichever form."""
        return self.label is not None or bool(self.one_hot)


def label_columns(path: str, table: LabelTable, index: PictureIndex, keys: ColumnKeys) -> LabelColumns | None:
    """Return where the table holds what; None where no column names images.

    Raises DataError for a column that a person names and that is not there.
    """
    named = {key: _named(path, table, key, getattr(keys, key)) for key in vars(keys)}
    image = named["image_column"]
    image = _image_column(table, index, taken=named.values()) if image is None else image
    if image is None:
        return None
    taken: set[int | None] = {image, *named.values()}
    split = named["split_column"]
    split = (
        _first(table, SPLIT_WORDS, taken, lambda texts: all(map(part_of, texts))) if split is None else split
    )
    group = named["group_column"]
    group = _first(table, GROUP_WORDS, taken | {split}) if group is None else group
    if named["label_column"] is not None:
        return LabelColumns(image, named["label_column"], split, group)
    label, one_hot, others = _label_column(table, taken | {split, group})
    return LabelColumns(image, label, split, group, one_hot, others)


def _named(path: str, table: LabelTable, key: str, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in table.columns:
        header = "" if table.has_header else " (it has no header: they are counted from 1)"
        raise DataError(
            f"{path} has no column {shown(name)}{did_you_mean(name, table.columns)}, which `{key}` names; it has "
            f"{few(table.columns)}{header}."
        )
    return table.columns.index(name)


def plain(name: str) -> str:
    """The name of a column in small letters, without what stands between its words."""
    return re.sub(r"[\W_]", "", name[:100].lower())


def sample(table: LabelTable, at: int) -> list[str]:
    """Some texts of a column, evenly spaced."""
    step = max(1, len(table.rows) // SAMPLE)
    return [row[at] for row in table.rows[::step]]


def _image_column(table: LabelTable, index: PictureIndex, taken: Iterable[int | None]) -> int | None:
    """The column of which most texts name images; of several, one that is called so, then the first."""

    def merit(at: int) -> tuple[bool, bool, float]:
        texts = sample(table, at)
        share = sum(map(index.is_image, texts)) / max(1, len(texts))
        called = plain(table.columns[at]) in IMAGE_WORDS
        return share >= ENOUGH, called, share

    named = set(taken)
    free = [at for at in range(len(table.columns)) if at not in named]
    merits = {at: merit(at) for at in free}
    best = max(free, key=lambda at: merits[at], default=None)
    return best if best is not None and merits[best][2] > 0 else None


def _first(
    table: LabelTable,
    words: Sequence[str],
    taken: Set[int | None],
    fits: Callable[[list[str]], bool] | None = None,
) -> int | None:
    """The column whose name comes first among `words`, and whose texts fit."""
    names = [plain(name) for name in table.columns]
    for word in words:
        for at, name in enumerate(names):
            if (
                name == word
                and at not in taken
                and (fits is None or fits(sorted(set(table.column(at)) - {""})))
            ):
                return at
    return None


def _label_column(
    table: LabelTable, taken: Set[int | None]
) -> tuple[int | None, tuple[int, ...], tuple[str, ...]]:
    """The label's column, or those of one-hot labels, and what else may be a label."""
    called = [
        at
        for word in LABEL_WORDS
        for at, name in enumerate(table.columns)
        if plain(name) == word and at not in taken
    ]
    if called:
        return called[0], (), tuple(table.columns[at] for at in called[1:])
    free = [at for at in range(len(table.columns)) if at not in taken and not _is_index(table, at)]
    binary = [at for at in free if set(table.column(at)) <= {"0", "1", "0.0", "1.0"}]
    if len(binary) > 1 and all(sum(float(row[at]) for at in binary) == 1 for row in table.rows):
        return None, tuple(binary), ()
    likely = [at for at in free if 2 <= len(set(table.column(at)) - {""}) <= max(2, len(table.rows) // 2)]
    if len(free) == 1 and likely:
        return likely[0], (), ()
    return None, (), tuple(table.columns[at] for at in free)


def _is_index(table: LabelTable, at: int) -> bool:
    """Whether a column without a name, or the first, counts the rows."""
    if table.has_header and plain(table.columns[at]) not in ("", "unnamed0", "index"):
        return False
    texts = table.column(at)
    return any(texts == [str(number) for number in range(first, first + len(texts))] for first in (0, 1))
