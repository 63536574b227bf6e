"""Folders of small images as people keep them, written from a few lines of text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from PIL import Image

from cnnlab.datasets import DataPlaces, Dataset, dataset, load_dataset

SIZE = (6, 4)  # height, width


def draw(path: Path, value: int = 0, size: tuple[int, int] = SIZE, mode: str = "L") -> Path:
    """Write an image of one value, `size` being (height, width)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    color = value if mode in ("L", "I;16", "P") else (value,) * len(mode)
    Image.new(mode, (size[1], size[0]), color).save(path)
    return path


def write(folder: Path, files: str, tables: Mapping[str, str] | None = None) -> Path:
    """Write image files, named with spaces between them, of values 0, 1, 2, ...; and tables, by their names."""
    for value, name in enumerate(files.split(" ")):
        draw(folder / name.replace("~", " "), value)
    for name, text in (tables or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(path: Path, **parameters: object) -> Dataset:
    """Read a folder as a config has it: path/images, unless `parameters` say otherwise."""
    model = dataset.get("folder").parameters
    checked = model.model_validate({"path": "images", **parameters}, context={"directory": path})
    return load_dataset("folder", checked, DataPlaces())


def described(loaded: Dataset) -> str:
    """Every image by part: "train: a/1.png=a[group], ... test: 1.png=?"; the order is that of the data."""
    parts = []
    for part, split in loaded.splits().items():
        labels = [
            "?" if split.labels is None else loaded.info.class_names[split.labels[at]]
            for at in range(len(split))
        ]
        groups = ["" if split.groups is None else f"[{split.groups[at]}]" for at in range(len(split))]
        parts.append(f"{part}: " + ", ".join(map("{}={}{}".format, split.names, labels, groups)))
    return " ".join(parts)


@dataclass(frozen=True)
class Case:
    """A layout, the parameters that it is read with, and what comes of it."""

    title: str
    files: str
    tables: Mapping[str, str]
    parameters: Mapping[str, object]
    expected: str

    def read(self, path: Path) -> str:
        """Write the layout to path/images, and read it without a test part that is not there."""
        write(path / "images", self.files, self.tables)
        return described(load(path, **{"test_fraction": 0, **self.parameters}))


def cases(name: str) -> list[Case]:
    """The cases in cases/NAME.txt.

    Of each: a title; image files; tables, as "name | first line / second line"; parameters, as YAML; after -> what
    `described` says.
    """
    text = (Path(__file__).parent / "cases" / f"{name}.txt").read_text(encoding="utf-8")
    return [_case(block.strip()) for block in text.split("== ") if block.strip()]


def _case(block: str) -> Case:
    given, _, expected = block.partition("\n-> ")
    title, *lines = given.split("\n")
    tables = dict(line.split(" | ") for line in lines if " | " in line)
    parameters = [line for line in lines if " | " not in line and ": " in line]
    files = " ".join(line for line in lines if " | " not in line and ": " not in line)
    return Case(
        title,
        files,
        {name: "\n".join(rows.split(" / ")) + "\n" for name, rows in tables.items()},
        yaml.safe_load("\n".join(parameters)) or {},
        " ".join(expected.split()),
    )
