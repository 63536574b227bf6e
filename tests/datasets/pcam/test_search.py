"""Every edition of PatchCamelyon in every folder that people keep it in: found and read, or said what is missing."""

from pathlib import Path

import h5py
import pytest

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.errors import DataError
from tests.datasets.pcam.test_loaders import check_content
from tests.datasets.pcam_files import (
    OFFICIAL,
    in_own_folders,
    labels,
    rename_keys,
    write_h5,
    write_kaggle,
    write_lab,
    write_official,
)


def load(name, folder):
    return load_dataset(name, dataset.get(name).parameters(), DataPlaces(folder))


def labels_beside(folder: Path) -> Path:
    """The lab's files without labels, these in files of their own."""
    write_lab(folder)
    for part, name in {"train": "train", "valid": "valid", "test": "test_x"}.items():
        with h5py.File(folder / f"{name}.h5", "a") as file:
            file.pop("y", None)
        count = {"train": 40, "valid": 12, "test": 10}[part]
        write_h5(folder / f"Labels/{part}_labels.h5", labels=labels(count))
    return folder


def renamed(folder: Path, **names: str) -> Path:
    for old, new in names.items():
        (folder / f"{old}.h5").rename(folder / new)
    return folder


LAYOUTS = {
    "kaggle": ("pcam", lambda at: write_kaggle(at), "."),
    "kaggle, Labels/ alone": ("pcam", lambda at: write_kaggle(at, labels_in="Labels"), "."),
    "kaggle, small letters": ("pcam", lambda at: write_kaggle(at, labels_in="pcam/labels"), "."),
    "kaggle, labels beside": ("pcam", lambda at: write_kaggle(at, images_in=".", labels_in="."), "."),
    "kaggle, from above": ("pcam", lambda at: write_kaggle(at / "archive"), "."),
    "kaggle, from its folder": ("pcam", lambda at: write_kaggle(at), "pcam"),
    "kaggle, from its labels": ("pcam", lambda at: write_kaggle(at), "Labels"),
    "kaggle, own folders": ("pcam", lambda at: in_own_folders(write_kaggle(at)), "."),
    "original, own folders": ("pcam", lambda at: in_own_folders(write_official(at)), "."),
    "original, from one of them": ("pcam", lambda at: in_own_folders(write_official(at)), f"{OFFICIAL}_test_x.h5"),
    "original, labels apart": ("pcam", lambda at: write_kaggle(at / "k") and write_official(at), "."),
    "original, other keys": ("pcam", lambda at: rename_keys(write_official(at), x="images", y="labels"), "."),
    "original, under archive/pcam": ("pcam", lambda at: write_official(at / "archive/pcam"), "."),
    "lab, other keys": ("pcam_lab", lambda at: rename_keys(write_lab(at, test_labels=True), x="data", y="Target"), "."),
    "lab, keys with parts": (
        "pcam_lab",
        lambda at: rename_keys(write_lab(at, test_labels=True), x="X", y="Y") and _part_keys(at),
        ".",
    ),
    "lab, own folders": ("pcam_lab", lambda at: in_own_folders(write_lab(at, test_labels=True)), "."),
    "lab, from above": ("pcam_lab", lambda at: write_lab(at / "any", test_labels=True), "."),
    "lab, other names": (
        "pcam_lab",
        lambda at: renamed(write_lab(at, test_labels=True), valid="Val.h5", test_x="test.hdf5", train="train_x.h5"),
        ".",
    ),
    "lab, labels beside": ("pcam_lab", labels_beside, "."),
    "lab's files as pcam": ("pcam", lambda at: write_lab(at, test_labels=True, side=48), "."),
}  # fmt: skip


def _part_keys(folder: Path) -> Path:
    with h5py.File(folder / "train.h5", "a") as file:
        file.move("X", "train_images")
        file.move("Y", "y_train")
    return folder


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read(tmp_path, layout):
    name, write, place = LAYOUTS[layout]
    write(tmp_path)
    loaded = load(name, tmp_path / place)
    check_content(loaded, loaded.info.image_shape[0])
    assert "train from " in loaded.reading and "validation from " in loaded.reading
    reports = dataset.get(name).traits["files"](DataPlaces(tmp_path / place))
    assert {report.status for report in reports} == {"ok"}, reports
    assert dataset.get(name).traits["find"](DataPlaces(tmp_path / place)) == Path(loaded.source)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("train.h5", "train_x.h5"),
        ("train.h5", "train.hdf5"),
        ("valid.h5", "val.h5"),
        ("train_y.h5", "y_train.h5"),
    ],
)
def test_two_files_of_one_meaning_are_refused_with_both_names(tmp_path, first, second):
    write_lab(tmp_path)
    content = (tmp_path / "valid.h5").read_bytes()
    (tmp_path / first).write_bytes(content)
    (tmp_path / second).write_bytes(content)
    with pytest.raises(
        DataError, match=r"holds both .* and .*, expected one file with the (images|labels)"
    ) as caught:
        load("pcam_lab", tmp_path)
    assert first in str(caught.value) and second in str(caught.value)


def test_folders_that_cannot_be_read_and_links_in_circles_are_passed_over(tmp_path):
    write_lab(tmp_path / "D/sub", test_labels=True)
    (tmp_path / "D/a").symlink_to(tmp_path / "D/a")
    (tmp_path / "D/train.h5").mkdir()
    check_content(load("pcam_lab", tmp_path / "D"), 32)
