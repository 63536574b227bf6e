"""Images in class folders: undivided or divided into parts, with folders above the classes or below them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cnnlab.datasets.folders.class_levels import are_groups, class_level, looks_like_ids
from cnnlab.datasets.folders.labelled_files import LabelledFile, LabelledFiles
from cnnlab.datasets.folders.listing import natural_order
from cnnlab.datasets.folders.part_names import part_of
from cnnlab.datasets.folders.picture_tree import PictureTree, Place, few, place_of
from cnnlab.errors import DataError, counted, shown

Folders = Mapping[Place, Place]
"""Each folder that holds images: where it lies, and its place below what was taken off so far."""


@dataclass(frozen=True)
class ClassFolders:
    """Files with their labels by class folders. certain: the folders look like classes, not like batches."""

    found: LabelledFiles
    certain: bool


@dataclass
class _Parts:
    """The folders of each part; titles: what they are called on the disk; aside: folders that belong to none."""

    folders: dict[str, Folders]
    titles: dict[str, str] = field(default_factory=dict)
    aside: list[str] = field(default_factory=list)


def class_folders(tree: PictureTree, classes: Collection[str] = ()) -> ClassFolders | None:
    """Return the images with the names of their class folders; None where there are not two class folders.

    classes: names that a person gave; they tell which folders are the classes, and that none of them is a part.

    Raises DataError where it cannot be decided which folders are the classes, and for a class folder without images.
    """
    everything = {place: place for place in dict.fromkeys(map(place_of, tree.pictures)) if place}
    aside = _copies(tree, everything)
    everything = {
        place: rest for place, rest in everything.items() if place[: len(aside)] != aside or not aside
    }
    parts = _divided(tree, _unwrapped(everything), classes)
    train = parts.folders.get("train")
    if train is None or not train:
        return None
    inside = [rest for rest in train.values() if rest]
    if not inside:
        return None
    level, guessed = class_level(str(tree.root), inside, classes)
    names = sorted({rest[level] for rest in inside if len(rest) > level}, key=natural_order)
    if len(names) < 2:
        return None
    for part in {*parts.folders} - {"train"}:
        parts.folders[part] = _aligned(parts.folders[part], level, names)
    _require_images(tree, parts, level)
    parts.aside += ["/".join(aside)] if aside else []
    return ClassFolders(_labelled(tree, parts, level, names, guessed), level > 0 or not looks_like_ids(names))


def _unwrapped(folders: Folders) -> Folders:
    """Take off the folders in which all others lie."""
    while folders and all(folders.values()) and len({rest[0] for rest in folders.values()}) == 1:
        folders = {place: rest[1:] for place, rest in folders.items()}
    return folders


def _aligned(folders: Folders, level: int, names: Sequence[str]) -> Folders:
    """The folders of another part than train, with class folders at the same level: none, or what wraps all, taken off.

    Where no folder at all is called like a class, but perhaps for its capitals, they hold images without labels.
    """
    classes = {name.casefold() for name in names}
    off = folders
    while not any(rest[level].casefold() in classes for rest in off.values() if len(rest) > level):
        if not all(off.values()) or len({rest[0] for rest in off.values()}) > 1:
            return dict.fromkeys(folders, ())
        off = {place: rest[1:] for place, rest in off.items()}
    return off


def _copies(tree: PictureTree, folders: Folders) -> Place:
    """A folder that repeats its neighbours, as archives have it that were packed twice; empty where there is none."""
    inside: dict[str, set[str]] = {}
    for place in folders:
        inside.setdefault(place[0], set()).update(place[1:2])
    for name, names in inside.items():
        if len(names) > 1 and names <= set(inside) - {name}:
            return (name,)
    return ()


def _divided(tree: PictureTree, folders: Folders, classes: Collection[str]) -> _Parts:
    """The parts, by the names of the topmost folders, or of the folders directly within the classes."""
    for at in (0, 1):
        names = {rest[at] for rest in folders.values() if len(rest) > at}
        said = {name: part_of(name) for name in sorted(names) if name not in classes}
        parts = {part for part in said.values() if part}
        if "train" in parts and (len(parts) > 1 or at == 0) and (at == 0 or None not in said.values()):
            found = _by_part(tree, folders, at, said)
            if found is not None:
                return found
        elif at == 0 and parts and set(said) == {name for name, part in said.items() if part}:
            raise DataError(
                f"{tree.root} holds {few(sorted(names))}, and none of them is for training: expected a folder train/."
            )
    return _Parts({"train": folders})


def _by_part(tree: PictureTree, folders: Folders, at: int, said: Mapping[str, str | None]) -> _Parts | None:
    """Folders by the part that their name at this level stands for; None where train/ seems to be a class."""
    found = _Parts({})
    for name, part in said.items():
        below = {
            place: (*rest[:at], *rest[at + 1 :])
            for place, rest in folders.items()
            if rest[at : at + 1] == (name,)
        }
        if part is None:
            found.aside.append(name)
        elif part in found.folders:
            raise DataError(
                f"{tree.root} holds {found.titles[part]} and {shown(name)}, expected one folder of the {part} part: "
                "bring them together, or rename one."
            )
        else:
            found.folders[part], found.titles[part] = below, shown(name)
    found.folders["train"] = _unwrapped(found.folders["train"])
    if any(rest for rest in found.folders["train"].values()) or len(found.folders) > 1:
        return found
    raise DataError(
        f"{tree.root} holds {few(sorted(said))}, and images directly in {found.titles['train']}: if these folders are "
        "classes, name them with the key `classes`: [...]; else give the training images class folders."
    )


def _require_images(tree: PictureTree, parts: _Parts, level: int) -> None:
    """Raise DataError for a folder without images beside class folders."""
    if level > 0:
        return
    above = {
        place[: len(place) - len(rest)]
        for folders in parts.folders.values()
        for place, rest in folders.items()
        if rest
    }
    for name in tree.bare:
        if place_of(name) in above:
            content = tree.content((*place_of(name), name.rpartition("/")[2]))
            raise DataError(
                f"{tree.root / name} holds no image{f', but {content}' if content else ''}, beside class folders that "
                "hold some: fill the folder or take it out."
            )


def _labelled(
    tree: PictureTree, parts: _Parts, level: int, names: Sequence[str], guessed: bool
) -> LabelledFiles:
    where = {
        place: (part, rest) for part, folders in parts.folders.items() for place, rest in folders.items()
    }
    hidden = "test" in parts.folders and not any(len(rest) > level for rest in parts.folders["test"].values())
    places = [rest for _, rest in where.values()]
    grouped = level > 0 and are_groups(places, level)
    files, left_out = [], []
    for name in tree.pictures:
        part, rest = where.get(place_of(name), ("", ()))
        if part and len(rest) > level:
            files.append(LabelledFile(name, part, rest[level], "/".join(rest[:level]) if grouped else None))
        elif part == "test" and hidden:
            files.append(LabelledFile(name, part))
        else:
            left_out.append(name)
    _require_labels(tree, parts, files)
    deeper = sorted({rest[level + 1] for rest in places if len(rest) > level + 1}, key=natural_order)
    reading = _sentence(parts, names, level, hidden, deeper, places)
    notes = (_outside(left_out),) if left_out else ()
    return LabelledFiles(files, reading, guessed or len(deeper) > 1, notes)


def _outside(names: Sequence[str]) -> str:
    were = "was" if len(names) == 1 else "were"
    return f"{counted(len(names), 'image')} outside of class folders {were} left out: {few(list(names))}."


def _require_labels(tree: PictureTree, parts: _Parts, files: Sequence[LabelledFile]) -> None:
    for part in parts.folders:
        if not any(file.part == part for file in files):
            raise DataError(
                f"{tree.root / parts.titles[part]} holds images, but no class folders: give the {part} images the "
                "class folders of the training images, or name a table of labels with the key `labels`."
            )


def _sentence(
    parts: _Parts,
    names: Sequence[str],
    level: int,
    hidden: bool,
    deeper: list[str],
    places: Collection[Place],
) -> str:
    """How it was read: "train/ and test/, each with 2 class folders (ant, bee)."."""
    text = f"{counted(len(names), 'class folder')} ({few(list(names))})"
    titles = [parts.titles[part] for part in ("train", "validation", "test") if part in parts.titles]
    labelled = [f"{title}/" for title in titles if not (hidden and title == parts.titles["test"])]
    if labelled:
        text = f"{' and '.join(labelled)}{', each' if len(labelled) > 1 else ''} with {text}"
    if level:
        above = sorted({"/".join(rest[:level]) for rest in places if len(rest) > level}, key=natural_order)
        kind = counted(len(above), "group") if are_groups(places, level) else str(len(above))
        text += f" within the folders of {kind} ({few(above)})"
    if len(deeper) > 1:
        text += (
            f", whose sub-folders ({few(deeper)}) are not told apart: `classes`: [...] can name them instead"
        )
    text += f"; {parts.titles['test']}/ with images alone, whose labels are hidden" if hidden else ""
    text += f"; {few(parts.aside)} left out" if parts.aside else ""
    return f"{text}."
