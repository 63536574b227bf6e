"""Data sets in Parquet files: what is read, and what is said of what is not."""

import sys

import numpy as np
import pyarrow as pa
import pytest

from cnnlab.datasets import DataPlaces, Dataset, dataset, load_dataset
from cnnlab.errors import DataError
from tests.datasets.parquet_files import NAMES, picture, pictures, write_hub, write_parquet

SHADES = [10, 200, 30, 220, 50, 240]
LABELS = [0, 1] * 3


def load(path, test_fraction=0.0, **keys) -> Dataset:
    parameters = dataset.get("folder").parameters.model_validate(
        {"path": path.name, "test_fraction": test_fraction, **keys}, context={"directory": path.parent}
    )
    return load_dataset("folder", parameters, DataPlaces())


def shades(split) -> list[int]:
    return np.asarray(split.images[:])[:, 0, 0, 0].tolist()


def test_a_data_set_of_the_hub(tmp_path):
    loaded = load(write_hub(tmp_path))
    assert [len(split) for split in loaded.splits().values()] == [12, 4, 6]
    assert loaded.info.class_names == NAMES and loaded.info.image_shape == (8, 8, 3)
    assert shades(loaded.train) == [40 + 160 * (n % 2) + n for n in range(12)]
    assert [*loaded.test.labels] == [0, 1] * 3
    assert "train from train-00000-of-00002.parquet and 1 more; validation from" in loaded.reading
    assert loaded.reading.endswith("pictures in image.bytes, labels in label.")


def test_labels_are_texts_or_numbers_and_groups_stay(tmp_path):
    texts = np.array(["img10", "img9"])[LABELS]
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        path = write_parquet(tmp_path / "a.parquet", image=pictures(SHADES), label=pa.array(texts).cast(kind))
        loaded = load(path)
        assert loaded.info.class_names == ("img9", "img10") and [*loaded.train.labels] == [1, 0] * 3
    path = write_parquet(
        tmp_path / "a.parquet", image=pictures(SHADES), label=LABELS, slide=["s1"] * 4 + ["s2"] * 2
    )
    loaded = load(path, test_fraction=0.3)
    assert shades(loaded.test) == SHADES[4:] and {*loaded.train.groups} == {"s1"}
    path = write_parquet(tmp_path / "a.parquet", image=pictures(SHADES), label=[2, 4] * 3, patient_id=[7] * 6)
    assert load(path, classes=[4, 2]).info.class_names == ("4", "2")
    with pytest.raises(DataError, match=r"from 2 to 4, and none is 3"):
        load(path)


def test_parts_are_named_by_files_folders_or_a_column(tmp_path):
    hidden = {"image": pictures(SHADES), "label": [-1] * 6}
    for number, names in enumerate(
        [
            ("train.parquet", "valid.parquet", "test.parquet"),
            ("default/train/0000.parquet", "default/val/0000.parquet", "default/test/0000.parquet"),
            (
                "train-00000-of-00001-0a1b2c.parquet",
                "dev-00000-of-00001.parquet",
                "Test-00000-of-00001.parquet",
            ),
        ]
    ):
        folder = tmp_path / str(number)
        for name in names[:2]:
            write_parquet(folder / name, NAMES, image=pictures(SHADES), label=LABELS)
        write_parquet(folder / names[2], NAMES, **hidden)
        loaded = load(folder)
        assert [*loaded.splits()] == ["train", "validation", "test"] and loaded.test.labels is None
    parts = ["train", "val", "train", "test", "train", "train"]
    path = write_parquet(tmp_path / "a.parquet", image=pictures(SHADES), label=LABELS, split=parts)
    assert shades(load(path).train) == [10, 30, 50, 240] and shades(load(path).validation) == [200]


STRUCT = pa.struct({"bytes": pa.binary(), "path": pa.string()})
DAMAGE = {
    "no picture column": ({"file": ["a"], "label": [0]}, "has no column of pictures; it has file, label"),
    "paths alone": (
        {"image": pa.array([{"bytes": None, "path": "a.png"}] * 2, STRUCT), "label": [0, 1]},
        "row group 0, row 0 holds no picture",
    ),
    "two pictures": (
        {"image": pictures([1, 2]), "img": pictures([1, 2]), "label": [0, 1]},
        "columns image, img, expected one image: name it with `image_column`",
    ),
    "no label": (
        {"image": pictures([1, 2]), "other": [0, 1]},
        "no column of labels: name it with `label_column`",
    ),
    "two labels": (
        {"image": pictures([1]), "label": [0], "target": [0]},
        "columns label, target, expected one label",
    ),
    "several labels": (
        {"image": pictures([1, 2]), "labels": [[0], [0, 1]]},
        "several values in a row, as where",
    ),
    "float labels": (
        {"image": pictures([1, 2]), "label": [0.5, 1]},
        "is of the type double; expected whole numbers",
    ),
    "null label": ({"image": pictures([1, 2]), "label": [0, None]}, "label has no value in row 1"),
    "long label": ({"image": pictures([1, 2]), "label": ["a", "b" * 2000]}, "a text of 2,000 characters"),
    "empty label": ({"image": pictures([1, 2]), "label": ["a", ""]}, "holds an empty text"),
    "not a picture": (
        {"image": [picture(1), b"hello"], "label": [0, 1]},
        "row 1 cannot be read as a PNG, JPEG",
    ),
    "cut picture": (
        {"image": [picture(1), picture(2, 99)[:-40]], "label": [0, 1]},
        "row 1 cannot be read as",
    ),
    "two sizes": ({"image": [picture(1), picture(2, 9)], "label": [0, 1]}, "row 1 is 9x9x3 .* image_size"),
    "deep": (
        {"image": [picture(1, mode="I;16")] * 2, "label": [0, 1]},
        "row 0 has pixels of the mode 'I;16'",
    ),
    "one class": ({"image": pictures([1, 2]), "label": [3, 3]}, "has one class, 3; expected two or more"),
    "no rows": ({"image": pa.array([], pa.binary()), "label": pa.array([], pa.int64())}, "has no rows"),
    "other split": (
        {"image": pictures([1, 2]), "label": [0, 1], "split": ["train", "x"]},
        "split holds x, expected train",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_cannot_be_read_is_a_sentence(tmp_path, damage):
    columns, said = DAMAGE[damage]
    path = write_parquet(tmp_path / "train.parquet", **columns)
    with pytest.raises(DataError, match=f"train.parquet.*{said}"):
        load(path)


def test_without_pyarrow_the_sentence_names_the_extra(tmp_path, monkeypatch):
    path = write_parquet(tmp_path / "a.parquet", image=pictures([1, 2]), label=[0, 1])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        DataError, match=r"Reading .*a.parquet needs the package pyarrow, .*'cnnlab\[parquet\]'"
    ):
        load(path)


def test_names_of_classes_are_taken_where_they_are_sound(tmp_path):
    columns = {"image": pictures([1, 2]), "label": [0, 1]}
    for names, found in [
        (["b", "a"], ("b", "a")),
        (["b", 3], ("0", "1")),
        (["b", "a" * 2000], ("0", "1")),
        ([], ("0", "1")),
    ]:
        assert load(write_parquet(tmp_path / "a.parquet", names, **columns)).info.class_names == found
    with pytest.raises(DataError, match="has the label 1, and 1 classes: b"):
        load(write_parquet(tmp_path / "a.parquet", ["b"], **columns))
