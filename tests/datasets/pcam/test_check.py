"""Every kind of damage, said of the file that has it: by ``cnnlab data check``, and when the data are loaded."""

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.datasets.pcam import check as checked
from cnnlab.errors import DataError
from tests.datasets.pcam_files import OFFICIAL, images, labels, pack, write_h5, write_lab, write_official

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 314573312\n"


def reports(name: str, folder: Path) -> dict[str, tuple[str, str]]:
    """Status and message by file name."""
    found = dataset.get(name).traits["files"](DataPlaces(folder))
    return {report.path.name: (report.status, report.message) for report in found}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3000])


def poison(path: Path) -> None:
    """Write compressed images, and spoil the bytes in the middle."""
    write_h5(path, {"chunks": (5, 32, 32, 3), "compression": "gzip"}, x=images(40, 32), y=labels(40))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 5000] = b"\xff" * 5000
    path.write_bytes(content)


X, Y = images(40, 32), labels(40)
DAMAGE = {
    "truncated": (cut, "it is truncated"),
    "pointer": (lambda path: path.write_bytes(POINTER), "it is a Git LFS pointer"),
    "page": (lambda path: path.write_text("<!DOCTYPE html><html>Log in"), r"it is a web page \(HTML\)"),
    "empty": (lambda path: path.write_bytes(b""), "it is empty"),
    "text": (lambda path: path.write_text("hello " * 99), "it is not an HDF5 file"),
    "packed": (lambda path: path.write_bytes(gzip.compress(path.read_bytes())), "it is packed by gzip"),
    "no x": (lambda path: write_h5(path, pixel=X, y=Y), r"has no array of images \(it has pixel, y\), expected"),
    "no y": (lambda path: write_h5(path, x=X), "has no array of labels, under .*, such as train_y.h5: the train part"),
    "nothing": (lambda path: write_h5(path), "it has nothing"),
    "two x": (lambda path: write_h5(path, x=X, images=X, y=Y), "has both images and x, expected one array of images"),
    "two y": (lambda path: write_h5(path, x=X, y=Y, y_train=Y), "has both y and y_train, expected one array of labels"),
    "short group": (lambda path: write_h5(path, x=X, y=Y, slide=Y[:9]), "slide holds 9 groups, and there are 40"),
    "float group": (lambda path: write_h5(path, x=X, y=Y, group=Y / 2), "group is float64 of shape .*a whole number"),
    "float x": (lambda path: write_h5(path, x=X / 255, y=Y), "x is float64, expected uint8"),
    "grey x": (lambda path: write_h5(path, x=X[..., :1], y=Y), r"\(40, 32, 32, 1\), expected \(n, side, side, 3\)"),
    "oblong x": (lambda path: write_h5(path, x=X[:, :, :31], y=Y), r"shape \(40, 32, 31, 3\), expected"),
    "small x": (lambda path: write_h5(path, x=X[:, :31, :31], y=Y), "a side of at least 32 pixels"),
    "flat x": (lambda path: write_h5(path, x=X.reshape(40, -1), y=Y), r"shape \(40, 3072\), expected"),
    "no images": (lambda path: write_h5(path, x=X[:0], y=Y[:0]), r"shape \(0, 32, 32, 3\), expected"),
    "label 2": (lambda path: write_h5(path, x=X, y=Y * 2), r"y holds 2 at image 1 \(20 such labels\), expected 0"),
    "label nan": (lambda path: write_h5(path, x=X, y=np.full(40, np.nan)), "y holds nan at image 0"),
    "one-hot y": (lambda path: write_h5(path, x=X, y=np.eye(2)[Y]), r"y has shape \(40, 2\), expected one label"),
    "text y": (lambda path: write_h5(path, x=X, y=np.full(40, b"n")), r"y is \|S1, expected integers"),
    "short y": (lambda path: write_h5(path, x=X, y=Y[:39]), "train.h5 holds 39 labels, and train.h5 40 images"),
    "spoilt chunks": (poison, "it is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path, kind):
    damage, said = DAMAGE[kind]
    path = write_lab(tmp_path) / "train.h5"
    damage(path)
    found = reports("pcam_lab", tmp_path)
    assert found["train.h5"][0] == "damaged"
    assert found["train.h5"][1].startswith(str(path))
    entry = dataset.get("pcam_lab")
    with pytest.raises(DataError, match=said) as error:
        np.asarray(load_dataset("pcam_lab", entry.parameters(), DataPlaces(tmp_path)).train.images)
    assert str(error.value) == found["train.h5"][1]
    assert found["valid.h5"][0] == found["test_x.h5"][0] == "ok"


def test_sound_files_are_described(tmp_path):
    found = reports("pcam_lab", write_lab(tmp_path))
    assert found["train.h5"] == (
        "ok",
        "train: 40 images 32x32x3 (the published set has 100,000); 40 labels, 20 of them tumour",
    )
    assert found["test_x.h5"][1].endswith("; no labels: they are hidden")
    assert len(reports("pcam", write_official(tmp_path, packed=True))) == 6
    assert all(status == "ok" for status, _ in reports("pcam", tmp_path).values())


def test_missing_files_are_named(tmp_path):
    assert [status for status, _ in reports("pcam_lab", tmp_path).values()] == ["missing"] * 3
    assert len(reports("pcam", tmp_path)) == 5  # the test labels are optional
    write_lab(tmp_path)
    (tmp_path / "test_x.h5").unlink()
    status, message = reports("pcam_lab", tmp_path)["test_x.h5"]
    assert status == "missing" and "needs test_x.h5, which is missing in" in message


def test_a_length_that_differs_between_two_files_is_said_of_the_labels(tmp_path):
    write_official(tmp_path)
    write_h5(tmp_path / f"{OFFICIAL}_valid_y.h5", y=labels(11))
    found = reports("pcam", tmp_path)
    assert found[f"{OFFICIAL}_valid_x.h5"][0] == "ok"
    assert found[f"{OFFICIAL}_valid_y.h5"] == (
        "damaged",
        f"{tmp_path}/{OFFICIAL}_valid_y.h5 holds 11 labels, and {OFFICIAL}_valid_x.h5 12 images, "
        "expected as many.",
    )


def test_parts_of_two_sizes_are_damage(tmp_path):
    write_official(tmp_path)
    write_h5(tmp_path / f"{OFFICIAL}_test_x.h5", x=images(10, 64))
    status, message = reports("pcam", tmp_path)[f"{OFFICIAL}_test_x.h5"]
    assert status == "damaged" and "64x64, and those of other parts 48x48" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[:-4000], "it is truncated"),
        (lambda content: content[:5000] + bytes(3000) + content[8000:], "it is damaged"),
        (lambda content: POINTER, "Git LFS pointer"),
        (lambda content: b"<html>", "web page"),
        (lambda content: b"\x89HDF\r\n\x1a\n" + content, "not a gzip file, though its name ends in .gz"),
    ],
)
def test_a_damaged_packed_file(tmp_path, change, said):
    write_official(tmp_path, packed=True)
    path = tmp_path / f"{OFFICIAL}_train_x.h5.gz"
    path.write_bytes(change(path.read_bytes()))
    status, message = reports("pcam", tmp_path)[path.name]
    assert status == "damaged" and said in message and message.startswith(str(path))
    assert not (tmp_path / f"{OFFICIAL}_train_x.h5").exists() and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("same", [True, False])
def test_the_hash_of_a_packed_file_of_the_published_size_is_compared(tmp_path, monkeypatch, same):
    write_official(tmp_path, packed=True)
    path = tmp_path / f"{OFFICIAL}_valid_y.h5.gz"
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest() if same else "0" * 64
    remote = replace(checked.PUBLISHED[path.name], size=len(content), sha256=sha256)
    monkeypatch.setitem(checked.PUBLISHED, path.name, remote)
    assert reports("pcam", tmp_path)[path.name][0] == ("ok" if same else "damaged")
    assert not same or not (tmp_path / "x").exists()


def test_a_group_in_the_place_of_images(tmp_path):
    write_lab(tmp_path)
    with h5py.File(tmp_path / "train.h5", "w") as file:
        file.create_group("x")
    assert "has no array of images (it has x)" in reports("pcam_lab", tmp_path)["train.h5"][1]


def test_a_packed_file_inside_which_is_no_hdf5(tmp_path):
    write_official(tmp_path)
    (tmp_path / f"{OFFICIAL}_train_y.h5").write_text("hello")
    pack(tmp_path / f"{OFFICIAL}_train_y.h5")
    status, message = reports("pcam", tmp_path)[f"{OFFICIAL}_train_y.h5.gz"]
    assert status == "damaged" and "it is not an HDF5 file" in message
