"""Images with the labels of a table: one table for all, or one for each part."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnlab.datasets.class_order import Label
from cnnlab.datasets.folders.image_tables import ImageTable
from cnnlab.datasets.folders.labelled_files import LabelledFile, LabelledFiles, missing_note
from cnnlab.datasets.folders.listing import natural_order
from cnnlab.datasets.folders.part_names import folder_part, part_of
from cnnlab.datasets.folders.picture_index import PictureIndex, several_folders
from cnnlab.datasets.folders.picture_tree import PictureTree, few, place_of
from cnnlab.datasets.source import PARTS
from cnnlab.errors import DataError, counted, shown

FRACTION = re.compile(r"[+-]?[0-9]*\.[0-9]*[1-9][0-9]*([eE].*)?")
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.0*)?")


@dataclass(frozen=True)
class _Row:
    """What a table says of an image; empty: nothing."""

    label: str
    part: str | None
    group: str
    table: str


def labelled_by_tables(tree: PictureTree, index: PictureIndex, tables: Sequence[ImageTable]) -> LabelledFiles:
    """Return the images that the tables name, and hidden test images; notes on rows and images that lack the other.

    Of what part an image is, its row says (a column), then the name of the table where there are several, then the
    folder of the image, then the name of the only table; else it is for training.
    """
    rows: dict[int, _Row] = {}
    lost: list[str] = []
    for table in tables:
        _add_rows(tree, index, table, len(tables) > 1, rows, lost)
    if not rows:
        raise DataError(
            f"{tree.root} holds none of the images that {few([t.table.name for t in tables])} names."
        )
    _require_classes(tree, tables, [row.label for row in rows.values() if row.label])
    numbers = all(NUMBER.fullmatch(row.label) for row in rows.values() if row.label)
    files = [_file(name, rows.get(position), numbers) for position, name in enumerate(tree.pictures)]
    known = [file for file in files if file.part]
    unknown = [file.name for file in files if not file.part]
    notes = [_lost(lost)] if lost else []
    notes += [missing_note("image", unknown, "no label")] if unknown else []
    also = [column for table in tables if table.columns.label is not None for column in table.columns.others]
    if also:
        notes.append(f"More columns may be labels: `label_column` takes {few(also)} instead.")
    one_hot = [table.table.columns[at] for table in tables[:1] for at in table.columns.one_hot]
    names = tuple(sorted(one_hot, key=natural_order)) or None
    return LabelledFiles(known, _sentence(tree, tables, known), bool(also), tuple(notes), names)


def _require_classes(tree: PictureTree, tables: Sequence[ImageTable], labels: Sequence[str]) -> None:
    """Raise DataError where labels are measurements."""
    fraction = next((label for label in labels if FRACTION.fullmatch(label)), None)
    if fraction is not None and 2 * len(set(labels)) > len(labels):
        where, many = tree.root / tables[0].table.name, len(set(labels))
        raise DataError(
            f"{where} has the label {shown(fraction)} and {many:,} different ones of {counted(len(labels), 'image')}, "
            "expected classes: name another column with `label_column`, or make classes of the numbers."
        )


def _add_rows(
    tree: PictureTree,
    index: PictureIndex,
    table: ImageTable,
    several: bool,
    rows: dict[int, _Row],
    lost: list[str],
) -> None:
    columns, where = table.columns, tree.root / table.table.name
    strict = several_folders(table.table.column(columns.image))
    for cells in table.table.rows:
        text = cells[columns.image]
        row = _row(str(where), table, cells)
        said = row.part or (table.part if several else None)
        found = _of_part(tree, index.find(text, strict=strict), said or table.part or "train")
        if not found:
            lost.append(text)
            continue
        if len(found) > 1:
            images = few([tree.pictures[position] for position in found])
            raise DataError(
                f"{where}: {shown(text)} may be {images}: write the folder into the table too, or choose files by the "
                "key `pattern`, such as '^images/'."
            )
        part = said or folder_part(tree.pictures[found[0]]) or table.part or "train"
        row = _Row(row.label, part, row.group, table.table.name)
        other = rows.setdefault(found[0], row)
        if (other.label, other.part) != (row.label, row.part):
            first, second = (
                f"{each.label or 'no label'} ({each.part}, {each.table})" for each in (other, row)
            )
            raise DataError(
                f"{where} names {shown(text)} twice, as {shown(first, 80)} and {shown(second, 80)}: take one out."
            )


def _row(where: str, table: ImageTable, cells: Sequence[str]) -> _Row:
    columns = table.columns
    part = None
    if columns.split is not None and cells[columns.split]:
        part = part_of(cells[columns.split])
        if part is None:
            raise DataError(
                f"{where} has the split {shown(cells[columns.split])} for {shown(cells[columns.image])}, expected "
                "train, validation or test: name another column with `split_column`, or correct it."
            )
    label = "" if columns.label is None else cells[columns.label]
    if columns.one_hot:
        label = next(table.table.columns[at] for at in columns.one_hot if float(cells[at]) == 1)
    return _Row(label, part, "" if columns.group is None else cells[columns.group], table.table.name)


def _of_part(tree: PictureTree, found: Sequence[int], part: str) -> list[int]:
    """Of several images of one name, those in the folders of the part; without labels there is no training."""
    if len(found) < 2:
        return list(found)
    return [position for position in found if folder_part(tree.pictures[position]) == part] or list(found)


def _file(name: str, row: _Row | None, numbers: bool) -> LabelledFile:
    if row is None:  # images of a folder test/ have hidden labels, others lack one
        return LabelledFile(name, "test" if folder_part(name) == "test" else "")
    label: Label | None = row.label or None
    if label is not None and numbers:
        label = int(row.label.partition(".")[0])
    return LabelledFile(name, row.part or "train", label, row.group or None)


def _lost(texts: Sequence[str]) -> str:
    have, were = ("has", "was") if len(texts) == 1 else ("have", "were")
    return (
        f"{counted(len(texts), 'row')} of the labels {have} no image and {were} left out: {few(list(texts))}."
    )


def _sentence(tree: PictureTree, tables: Sequence[ImageTable], files: Sequence[LabelledFile]) -> str:
    """How it was read: "train_labels.csv (id, label) beside train/ and test/: train images, hidden test images."."""
    texts = [f"{shown(each.table.name)} ({', '.join(_columns(each))})" for each in tables]
    places = dict.fromkeys(place_of(file.name)[:1] for file in files)
    folders = [f"{shown(place[0])}/" for place in places if place]
    beside = f" beside {few(folders)}" if folders else ""
    counts: Mapping[str, int] = {part: sum(file.part == part for file in files) for part in PARTS}
    hidden = all(file.label is None for file in files if file.part == "test")
    parts = [
        f"{counts[part]:,} {part}{' with hidden labels' if part == 'test' and hidden else ''}"
        for part in PARTS
        if counts[part]
    ]
    return f"{' and '.join(texts)}{beside}, read as images and labels: {', '.join(parts)}."


def _columns(table: ImageTable) -> list[str]:
    """What each column was taken for."""
    columns, names = table.columns, table.table.columns
    found = {"label": columns.label, "split": columns.split, "group": columns.group}
    called = [
        shown(name) if table.table.has_header and name else f"column {at}" for at, name in enumerate(names, 1)
    ]
    texts = [f"image: {called[columns.image]}"]
    texts += [f"{kind}: {called[at]}" for kind, at in found.items() if at is not None]
    return texts + (
        [f"one column for each class: {few([names[at] for at in columns.one_hot])}"]
        if columns.one_hot
        else []
    )
