"""Data files with random bytes in them: read as what they are, or refused in a sentence, and nothing else."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from cnnlab.datasets import DataPlaces, Dataset, dataset, load_dataset
from cnnlab.datasets.splits import within_budget
from cnnlab.errors import DataError
from tests.datasets.pcam_files import images, labels, write_h5, write_lab
from tests.hostile import REPLACEMENTS, replace_by, spoilt

pytestmark = pytest.mark.heavy

X = np.arange(12 * 20, dtype=np.uint8).reshape(12, 5, 4)
Loader = Callable[[], Dataset]


def read(name: str, folder: Path, **parameters: object) -> Dataset:
    """Load a data set and everything in it."""
    checked = dataset.get(name).parameters.model_validate(parameters, context={"directory": folder})
    loaded = load_dataset(name, checked, DataPlaces(folder))
    within_budget(loaded.splits(), 1.0)
    loaded.content_hash()
    return loaded


def archives(folder: Path) -> tuple[Path, list[bytes], Loader]:
    plain, packed = io.BytesIO(), io.BytesIO()
    np.savez(plain, x_train=X, y_train=np.arange(12) % 3, x_test=X[:3])
    np.savez_compressed(
        packed, x_train=X / 255, y_train=np.eye(3)[np.arange(12) % 3], class_names=np.array(list("abc"))
    )
    path = folder / "a.npz"
    return path, [plain.getvalue(), packed.getvalue()], lambda: read("npz", folder, path="a.npz")


def hdf5_files(folder: Path) -> tuple[Path, list[bytes], Loader]:
    path = write_lab(folder) / "train.h5"
    arrays = {"x": images(40, 32) // 100, "y": labels(40)}
    kinds = [{}, {"chunks": (5, 32, 32, 3)}, {"chunks": (5, 32, 32, 3), "compression": "gzip"}]
    return (
        path,
        [write_h5(path, kind, **arrays).read_bytes() for kind in kinds],
        lambda: read("pcam_lab", folder),
    )


def pictures(folder: Path) -> tuple[Path, list[bytes], Loader]:
    contents = []
    for kind in ("png", "jpeg"):
        buffer = io.BytesIO()
        Image.fromarray(images(1, 9)[0]).save(buffer, kind)
        contents.append(buffer.getvalue())
    for name in ("a/0.png", "a/1.png", "b/0.png", "b/1.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(contents[0])
    return folder / "a/0.png", contents, lambda: read("folder", folder, path=".")


@pytest.mark.parametrize("make", [archives, hdf5_files, pictures])
def test_spoilt_bytes_are_a_sentence_or_data(tmp_path, make):
    path, contents, load = make(tmp_path)
    rng = random.Random(7)
    refused = 0
    for number in range(150):
        path.write_bytes(spoilt(contents[number % len(contents)], rng))
        try:
            load()
        except DataError as error:
            refused += 1
            text = str(error)
            assert text.isprintable() and text.endswith(".") and path.name in text, text
    assert refused > 40


@pytest.mark.parametrize("make", [archives, hdf5_files, pictures])
@pytest.mark.parametrize("kind", REPLACEMENTS)
def test_something_else_in_a_files_place_is_a_sentence(tmp_path, make, kind):
    path, contents, load = make(tmp_path)
    path.write_bytes(contents[0])
    replace_by(kind, path)
    if make is pictures and kind != "giant":
        load()  # what is no picture is left out, and counted
        return
    if make is archives and kind == "circle":
        with pytest.raises(ValidationError, match="Symlink loop"):  # the config's path is wrong
            load()
        return
    with pytest.raises(DataError) as caught:
        load()
    assert str(caught.value).isprintable()


def test_chunks_that_lie_nowhere(tmp_path):
    """The first chunk says that it begins with image 2**40."""
    path, contents, load = hdf5_files(tmp_path)
    content = bytearray(contents[1])
    node = content.index(b"TREE\x01")
    offset = node + 24 + 8  # of the chunk's first index, after the node's header, its size and its filters
    content[offset : offset + 8] = (2**40).to_bytes(8, "little")
    path.write_bytes(content)
    with pytest.raises(DataError, match="it is damaged"):
        load()


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": (10**12, 32, 32, 3)}, "x claims the shape"),
        ({"x": (2, 10**6, 10**6, 3)}, "and at most 10,000"),
        ({"x": (40, 32, 32, 3), "y": (10**12,)}, "y claims the shape"),
        ({"x": (40, 32, 32, 3), "y": (40, 10**9)}, "expected one label for each image"),
    ],
)
def test_files_that_claim_more_than_any_memory_holds(tmp_path, arrays, said):
    """Shapes cost nothing in a file; believing them would fill the memory."""
    path = write_lab(tmp_path) / "train.h5"
    with h5py.File(path, "w") as file:
        for name, shape in arrays.items():
            chunks = tuple(min(n, 8) for n in shape)
            file.create_dataset(name, shape, np.uint8, chunks=chunks)
    with pytest.raises(DataError, match=said):
        read("pcam_lab", tmp_path)


def header_of(shape: tuple[int, ...]) -> bytes:
    """The first bytes of an .npy file, and a few of its values."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return buffer.getvalue() + b"\0" * 100


@pytest.mark.parametrize("shape", [(10**15, 28, 28), (2**62, 4), (10**30,), (-1, 28, 28)])
def test_archives_whose_header_lies(tmp_path, shape):
    path, _, load = archives(tmp_path)
    with zipfile.ZipFile(path, "w") as file:
        for name in ("x_train", "y_train"):
            file.writestr(f"{name}.npy", header_of(shape))
    with pytest.raises(DataError, match="cannot be read"):
        load()


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    """Some kilobytes that would become more than the machine's memory."""
    path, _, load = archives(tmp_path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x_train.npy", b"\0" * 10_000_000)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=1000))
    with pytest.raises(DataError, match=r"does not fit into the memory \(its arrays take 10 MB"):
        load()


def test_an_encrypted_archive_is_told_as_such(tmp_path):
    path, contents, load = archives(tmp_path)
    content = bytearray(contents[0])
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + flag] |= 1
            start += 4
    path.write_bytes(content)
    with pytest.raises(DataError, match="it is encrypted"):
        load()


def test_objects_are_never_unpickled(tmp_path):
    """An archive that would run a command when unpickled."""

    class Command:
        def __reduce__(self):
            return (open, (str(tmp_path / "owned"), "w"))

    path, _, load = archives(tmp_path)
    np.savez(path, x_train=np.array([Command()], dtype=object), y_train=np.arange(1))
    with pytest.raises(DataError, match="Python objects"):
        load()
    assert not (tmp_path / "owned").exists()
