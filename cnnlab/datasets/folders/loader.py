"""A person's own images: class folders, images and a table of labels, or Parquet files."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from cnnlab.config_paths import ConfigPath
from cnnlab.datasets.base import DataPlaces, Dataset, dataset
from cnnlab.datasets.folders.find_labels import LAYOUT, LabelKeys, find_labels
from cnnlab.datasets.folders.label_columns import ColumnKeys
from cnnlab.datasets.folders.labelled_files import files_source
from cnnlab.datasets.folders.name_pattern import Pattern
from cnnlab.datasets.folders.picture_tree import picture_tree
from cnnlab.datasets.locate import own_data
from cnnlab.datasets.parquet.files import SUFFIX, parquet_files
from cnnlab.datasets.parquet.source import parquet_source
from cnnlab.datasets.pictures.files import PictureReading
from cnnlab.datasets.pictures.picture import Color
from cnnlab.datasets.pictures.read import read_pictures
from cnnlab.datasets.source import DataSource, make_dataset
from cnnlab.errors import DataError

Side = Annotated[int, Field(ge=1)]
ImageSize = Annotated[tuple[Side, Side], Field(strict=False)]  # a YAML list is welcome, text in it is not
Name = Annotated[str, Field(min_length=1, max_length=1000)]
ClassName = Name | int


@dataset(title="your own images", note="parameters: path, to class folders or to images with a CSV of labels")
def folder(
    places: DataPlaces,
    *,
    path: ConfigPath,
    image_size: ImageSize | None = None,
    color: Color | None = None,
    crop: Annotated[int, Field(ge=1, le=10_000)] | None = None,
    test_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.2,
    labels: Name | None = None,
    image_column: ClassName | None = None,
    label_column: ClassName | None = None,
    split_column: ClassName | None = None,
    group_column: ClassName | None = None,
    classes: Annotated[list[ClassName], Field(min_length=2)] | None = None,
    positive: ClassName | None = None,
    pattern: Pattern | None = None,
) -> Dataset:
    """Your own images: class folders, images and a table of labels, or Parquet files. How they lie is found by looking.

    Class folders, undivided or within train/, validation/ and test/ in any usual spelling; images may lie deeper, and
    class folders within those of patients, which are the groups then. Or images and CSV files: one for all, with a
    column for the split if you like, or one for each part. test/ may hold images alone, whose labels then count as
    hidden. Classes, and the images, are taken in the order of their names, numbers in them by value: 2.png before
    10.png. Or Parquet files as Hugging Face has them, data/train-00000-of-00001.parquet, whose rows hold packed
    images and labels (pip install 'cnnlab[parquet]'). `cnnlab data check folder --path DIR` shows how a folder is
    read; the keys below decide otherwise.

    Parameters:
        path: the folder, or a Parquet file; a relative path counts from the config's folder. Where it has been moved
            since, --data-dir names the folder that it lies in, or the folder itself.
        image_size: [height, width] to resize to, proportions not kept; null: all have one size already.
        color: gray or rgb; null: as the files are, which must be all the same. Channels have 8 bits; transparent
            pixels are laid over white, with a note; files that would have to be cut, of 16 bits or of several
            pictures, are refused.
        crop: side in pixels of the central square that is kept, after resizing; null keeps all.
        test_fraction: how much of each class becomes the test part where there is none: the last images
            by name, or the last groups. It is fixed, the same in every repeat; 0 means no test part.
        labels: a CSV file in the folder, which names the images and their labels; null: found by looking.
        image_column: its column of image files or ids, by name, or by number from 1 where there is no header; of
            Parquet files the column of packed images; null: found by looking.
        label_column: its column of labels; null: found by looking.
        split_column: its column that says train, validation or test; null: found by looking.
        group_column: its column of groups, such as patients; null: found by looking.
        classes: the class folders or labels that count, in the order of their class numbers; null: all, by name.
        positive: the positive one of two classes, which becomes class 1; null: the second.
        pattern: a regular expression, searched in each image's path below the folder, with / between folders. Files
            that do not match are left out. What its groups (?P<label>...), (?P<group>...) and (?P<split>...) find is
            the label, the group and the part of an image, as in 'p(?P<group>[0-9]+)_(?P<label>[a-z]+)'.
    """
    path = own_data(path, places, folder=path.suffix.lower() != SUFFIX)
    reading = PictureReading((image_size[0], image_size[1]) if image_size is not None else None, color, crop)
    columns = ColumnKeys(*map(_text, (image_column, label_column, split_column, group_column)))
    tables = {} if labels is not None or pattern is not None else parquet_files(path)
    if tables:
        source = parquet_source(path, tables, columns, reading, gaps=classes is not None)
    else:
        source = _image_files(path, LabelKeys(labels, columns, tuple(map(str, classes or ())), pattern))
    return make_dataset(
        source,
        "folder",
        title=path.stem if path.is_file() else path.name,
        classes=classes,
        positive=positive,
        test_fraction=test_fraction,
        read_files=lambda files: read_pictures(files, path, reading),
    )


def _image_files(path: Path, keys: LabelKeys) -> DataSource:
    if not path.is_dir():
        found = "is a file" if path.exists() else "does not exist"
        raise DataError(f"The folder {path} {found}. {LAYOUT} Correct the path in the config.")
    return files_source(path, find_labels(picture_tree(path), keys))


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
