"""Which column of a Parquet file holds the pictures, the labels, the groups and the parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.datasets.arrays.spellings import KINDS
from cnnlab.datasets.folders.label_columns import GROUP_WORDS, LABEL_WORDS, ColumnKeys
from cnnlab.datasets.parquet.table import class_names
from cnnlab.errors import DataError, did_you_mean, first_few, shown

MOST_NAMED = 10
WORDS = {
    "image": (KINDS["images"],),
    "label": (KINDS["labels"], LABEL_WORDS),
    "group": (KINDS["groups"], GROUP_WORDS),
    "split": (("split",),),
}
"""What columns are called, in small letters and without anything between; the usual words first."""


@dataclass(frozen=True)
class ParquetColumns:
    """picture: the column's path, such as "image.bytes". class_names: as Hugging Face writes them beside the label."""

    picture: str
    label: str | None
    group: str | None
    split: str | None
    class_names: tuple[str, ...] | None

    def reading(self) -> str:
        """What was found, in words."""
        found = {"labels": self.label, "groups": self.group, "parts": self.split}
        others = [f"{what} in {shown(column)}" for what, column in found.items() if column is not None]
        return f"pictures in {shown(self.picture)}{', ' if others else ''}{', '.join(others)}"


def find_columns(path: Path, file: Any, keys: ColumnKeys) -> ParquetColumns:
    """The columns of an open file; raises DataError where one is missing, or where it cannot be told which it is."""
    schema = file.schema_arrow
    pictures = [field.name for field in schema if _is_picture(field.type)]
    others = [name for name in schema.names if name not in pictures]
    picture = _asked(path, schema.names, keys.image_column, "image_column")
    picture = picture or (pictures[0] if len(pictures) == 1 else _found(path, pictures, "image"))
    if picture is None or picture not in pictures:
        where = "column" if picture is None else f"bytes in the column {shown(picture)}"
        raise DataError(
            f"{path} has no {where} of pictures; it has {_list(schema.names)}: name another with `image_column`, or "
            "write the bytes of PNG or JPEG files into one."
        )
    label, group, split = (
        _asked(path, schema.names, getattr(keys, f"{what}_column"), f"{what}_column")
        or _found(path, others, what)
        for what in ("label", "group", "split")
    )
    field = schema.field(picture)
    names = None if label is None else class_names(file, label)
    return ParquetColumns(
        f"{picture}.bytes" if field.type.num_fields else picture, label, group, split, names
    )


def _is_picture(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        index = kind.get_field_index("bytes")
        return bool(index >= 0 and _is_picture(kind.field(index).type))
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _asked(path: Path, names: Sequence[str], asked: str | None, key: str) -> str | None:
    if asked is not None and asked not in names:
        raise DataError(
            f"{path} has no column {shown(asked)}{did_you_mean(asked, names)}, which `{key}` names; it has "
            f"{_list(names)}."
        )
    return asked


def _found(path: Path, names: Sequence[str], what: str) -> str | None:
    """The column whose name is one of the words for it; None where there is none."""
    for words in WORDS[what]:
        found = [name for name in names if re.sub(r"[^a-z0-9]", "", name.lower()) in words]
        if len(found) > 1:
            raise DataError(
                f"{path} has the columns {_list(found)}, expected one {what}: name it with `{what}_column`."
            )
        if found:
            return found[0]
    return None


def _list(names: Sequence[str]) -> str:
    return first_few([shown(name) for name in names], MOST_NAMED) or "none"
