"""How a folder of images is labelled, found by looking: by a pattern, by tables, by class folders."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cnnlab.datasets.folders.class_folders import ClassFolders, class_folders
from cnnlab.datasets.folders.image_tables import ImageTable, TableSearch
from cnnlab.datasets.folders.label_columns import ColumnKeys
from cnnlab.datasets.folders.labelled_files import LabelledFiles
from cnnlab.datasets.folders.listing import natural_order
from cnnlab.datasets.folders.name_pattern import NamePattern
from cnnlab.datasets.folders.part_names import folder_part
from cnnlab.datasets.folders.picture_index import PictureIndex
from cnnlab.datasets.folders.picture_tree import PictureTree, few, place_of
from cnnlab.datasets.folders.table_labels import labelled_by_tables
from cnnlab.datasets.pictures.picture import ANY_FORMAT, SUFFIXES
from cnnlab.errors import DataError, counted, shown

LAYOUT = (
    "Expected a folder of images for each class, or images and a table (CSV) with the name and the label of each, or "
    "the key `pattern`, which finds the label in each name, such as '(?P<label>[a-z]+)[._][0-9]+' in cat.1.png."
)


@dataclass(frozen=True)
class LabelKeys:
    """What a person says of the labels; None and empty: to be found."""

    labels: str | None = None
    columns: ColumnKeys = field(default_factory=ColumnKeys)
    classes: Collection[str] = ()
    pattern: str | None = None


def find_labels(tree: PictureTree, keys: LabelKeys) -> LabelledFiles:
    """Return the images below a folder with what is known of each.

    Raises DataError, saying what is there, what was expected and which key decides, where it cannot be found.
    """
    if not tree.pictures:
        raise DataError(f"{tree.root} holds no {ANY_FORMAT} image{_content(tree)}. {LAYOUT}")
    pattern = None if keys.pattern is None else NamePattern(keys.pattern)
    chosen, notes = (tree, ()) if pattern is None else pattern.chosen(tree)
    found = pattern.labelled(chosen, folder_part) if pattern and pattern.labels else _looked_at(chosen, keys)
    if pattern is not None:
        files, reading = pattern.applied(chosen, found.files), pattern.described(found.reading)
        found = replace(found, files=files, reading=reading)
    return replace(found, notes=(*notes, *found.notes, *_others(tree)))


def _looked_at(tree: PictureTree, keys: LabelKeys) -> LabelledFiles:
    search = TableSearch(tree, PictureIndex(tree.pictures), keys.columns)
    folders = class_folders(tree, keys.classes)
    by_key = keys.labels is not None or any(vars(keys.columns).values())
    if folders is not None and keys.classes and not by_key:
        return folders.found
    tables = (
        [search.named(keys.labels)] if keys.labels is not None else search.found(tolerant=folders is not None)
    )
    if any(table.columns.has_labels for table in tables):
        by_table = labelled_by_tables(tree, search.index, tables)
        return by_table if by_key or folders is None else _either(tree, folders, by_table, tables[0])
    if folders is None:
        raise DataError(_without_labels(search, tables))
    if not by_key:
        return folders.found
    if not tables:
        raise DataError(f"{tree.root} holds no table that names the images: name it with the key `labels`.")
    return _together(folders.found, labelled_by_tables(tree, search.index, tables))


def _together(folders: LabelledFiles, table: LabelledFiles) -> LabelledFiles:
    """Labels by class folders; parts and groups by a table that has no labels."""
    labels = {file.name: file.label for file in folders.files}
    files = [replace(file, label=labels.get(file.name)) for file in table.files]
    return replace(table, files=files, reading=f"{folders.reading} {table.reading}")


def _either(
    tree: PictureTree, folders: ClassFolders, table: LabelledFiles, first: ImageTable
) -> LabelledFiles:
    """The table, where the folders are no classes, or where it knows other classes; nobody knows where they differ."""
    name = shown(first.table.name)
    by_folder = {file.name: str(file.label) for file in folders.found.files if file.label is not None}
    by_table = {file.name: str(file.label) for file in table.files if file.label is not None}
    different = [each for each in by_table if each in by_folder and by_folder[each] != by_table[each]]
    if not folders.certain or (not different and by_table.keys() >= by_folder.keys()):
        return table
    if not different:
        return _completed(folders.found, table, by_table)
    if not set(by_folder.values()) & set(by_table.values()) and len(by_table) >= len(by_folder):
        classes = few(sorted(set(by_folder.values()), key=natural_order))
        note = f"The class folders ({classes}) say otherwise: `classes`: [...] takes them."
        return replace(table, guessed=True, notes=(note, *table.notes))
    raise DataError(
        f"{tree.root} holds class folders and {name}, which say different things, as of {few(different)}: the key "
        f"`labels`: {name} takes the table, `classes`: [...] the folders."
    )


def _completed(folders: LabelledFiles, table: LabelledFiles, by_table: Mapping[str, str]) -> LabelledFiles:
    """Class folders, with a table's labels for images outside of them: those of the test part."""
    added = [file.name for file in folders.files if file.label is None and file.name in by_table]
    if not added:
        return folders
    files = [replace(file, label=file.label or by_table.get(file.name)) for file in folders.files]
    reading = f"{folders.reading.partition(';')[0].rstrip('.')}; other labels by {table.reading}"
    return replace(folders, files=files, reading=reading)


def _without_labels(search: TableSearch, tables: Sequence[ImageTable]) -> str:
    for table in tables:
        path = search.tree.root / table.table.name
        if table.columns.others:
            return (
                f"{path} names the images, and it cannot be told which of its columns {few(table.table.columns)} is "
                "the label: name it with the key `label_column`."
            )
        return f"{path} names the images, but has no column of labels: it has {few(table.table.columns)}. {LAYOUT}"
    search.refused()
    return _undecided(search.tree)


def _undecided(tree: PictureTree) -> str:
    """What lies in the folder, below what wraps all."""
    places = list(dict.fromkeys(map(place_of, tree.pictures)))
    shared = tuple(
        names[0]
        for names in itertools.takewhile(lambda names: len({*names}) == 1, zip(*places, strict=False))
    )
    above = shared[:-1] if shared in places else shared
    where = "/".join((str(tree.root), *above))
    folders = sorted({place[len(above)] for place in places if len(place) > len(above)}, key=natural_order)
    only = (
        f", {shown(folders[0])}, which holds {tree.content((*above, folders[0]))}"
        if len(folders) == 1
        else ""
    )
    return (
        f"{where} holds {counted(len(folders), 'class folder')}{only or f', but {tree.content(above)}'}; expected two "
        f"or more. {LAYOUT}"
    )


def _content(tree: PictureTree) -> str:
    content = tree.content()
    return f", but {content}" if content else ""


def _others(tree: PictureTree) -> tuple[str, ...]:
    """A note on files that are neither images nor tables."""
    others = [
        name for name in tree.others if not name.lower().endswith((".csv", ".tsv", ".txt", ".md", ".json"))
    ]
    if not others:
        return ()
    were = "was" if len(others) == 1 else "were"
    return (
        f"{counted(len(others), 'file')} {were} left out, being no {', '.join(SUFFIXES)} file: {few(others)}.",
    )
