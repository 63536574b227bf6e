"""Data files with random bytes in them: read as what they are, or refused in a sentence, and nothing else."""

import io
import os
import random
import subprocess
import sys
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
from cnnlab.predict.image_check import Expected
from cnnlab.predict.inputs import open_input
from tests.conftest import REPOSITORY, environment
from tests.datasets.parquet_files import picture, write_parquet
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


def parquet_files(folder: Path) -> tuple[Path, list[bytes], Loader]:
    path = folder / "a.parquet"
    contents = []
    for names, label in ((list("ab"), [0, 1] * 6), (None, ["b", "a"] * 6)):
        image = [{"bytes": picture(shade), "path": None} for shade in range(0, 240, 20)]
        contents.append(
            write_parquet(path, names, image=image, label=label, slide=[*"aabb"] * 3).read_bytes()
        )
    return path, contents, lambda: read("folder", folder, path="a.parquet", test_fraction=0.0)


@pytest.mark.parametrize("make", [archives, hdf5_files, pictures, parquet_files])
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


@pytest.mark.parametrize("make", [archives, hdf5_files, pictures, parquet_files])
@pytest.mark.parametrize("kind", REPLACEMENTS)
def test_something_else_in_a_files_place_is_a_sentence(tmp_path, make, kind):
    path, contents, load = make(tmp_path)
    path.write_bytes(contents[0])
    replace_by(kind, path)
    if make is pictures and kind != "giant":
        load()  # what is no picture is left out, and counted
        return
    if make in (archives, parquet_files) and kind == "circle":
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


def lab_file(folder: Path) -> Path:
    """The training file of the lab's set, to be written anew; the others are sound."""
    path = write_lab(folder) / "train.h5"
    path.unlink()
    return path


def elsewhere(folder: Path, secret: Path) -> list[Callable[[h5py.File], None]]:
    """Ways in which the key x leads out of its file, to `secret`, or to another key."""
    shape = (40, 32, 32, 3)

    def external_storage(file: h5py.File) -> None:
        file.create_dataset("x", shape, np.uint8, external=[(str(secret), 0, h5py.h5f.UNLIMITED)])

    def virtual(file: h5py.File) -> None:
        layout = h5py.VirtualLayout(shape, np.uint8)
        layout[:] = h5py.VirtualSource(str(secret), "x", shape)
        file.create_virtual_dataset("x", layout)

    def external_link(file: h5py.File) -> None:
        file["x"] = h5py.ExternalLink(str(secret), "/x")

    def soft_link(file: h5py.File) -> None:
        file["out"], file["x"] = h5py.ExternalLink(str(secret), "/"), h5py.SoftLink("/out/x")

    return [external_storage, virtual, external_link, soft_link]


@pytest.mark.parametrize("way", range(4))
@pytest.mark.parametrize("key", ["x", "y"])
def test_hdf5_files_that_lead_to_other_files_are_refused_by_name(tmp_path, way, key):
    """The secret is a pipe: opening it would hang."""
    secret = tmp_path / "secret"
    os.mkfifo(secret)
    path = lab_file(tmp_path)
    with h5py.File(path, "w") as file:
        elsewhere(tmp_path, secret)[way](file)
        if key == "y":
            file.move("x", "y")
            file["x"] = images(40, 32)
    with pytest.raises(
        DataError, match=rf"train.h5: {key} (is a link to|lies in other|is put together).*copy the"
    ):
        read("pcam_lab", tmp_path)
    with pytest.raises(DataError, match=r"x (is a link to|lies in other|is put together)"):
        if key == "y":
            with h5py.File(path, "a") as file:
                del file["x"]
                file.move("y", "x")
        open_input([path], Expected((32, 32, 3)))


@pytest.mark.parametrize(
    ("shape", "chunks", "said"),
    [
        ((10**7, 64, 64, 3), (1, 64, 64, 3), "123 GB, and 0 bytes of it are there"),
        ((30_000, 256, 256, 3), (3_000, 256, 256, 3), "chunks of 590 MB, which are read whole"),
    ],
)
def test_hdf5_files_whose_shapes_are_larger_than_what_they_hold(tmp_path, shape, chunks, said):
    path = lab_file(tmp_path)
    with h5py.File(path, "w") as file:
        x = file.create_dataset("x", shape, np.uint8, chunks=chunks, compression="gzip")
        if "chunks" in said:
            for start in range(0, shape[0], chunks[0]):
                x.id.write_direct_chunk((start, 0, 0, 0), b"\0" * 1_000_000)
        file["y"] = labels(40)
    with pytest.raises(DataError, match=said):
        read("pcam_lab", tmp_path)


LIMITED = """
import resource, sys
from pathlib import Path
from tests.datasets.test_hostile_files import read
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000,) * 2)
try:
    read("npz", Path(sys.argv[1]), path="a.npz")
except Exception as error:
    print(type(error).__name__, error)
"""


def giant_label() -> dict[str, np.ndarray]:
    return {"x_train": X, "y_train": np.where(np.arange(12) == 3, 10**9, np.arange(12) % 2)}


def giant_one_hot() -> dict[str, np.ndarray]:
    return {"x_train": X[:2], "y_train": np.zeros((2, 10**8), np.uint8)}


def giant_name() -> dict[str, np.ndarray]:
    names = np.zeros(3, f"<U{10**7}")
    names[:] = ["a", "b", "c"]
    return {"x_train": X, "y_train": np.arange(12) % 3, "class_names": names}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (giant_label, "the labels go from 0 to 1000000000, and none is 2"),
        (giant_one_hot, "y_train is uint8 of shape (2, 100000000), which is more than 2 labels can have"),
        (giant_name, "class_names is <U10000000 of shape (3,), which is more than 12 labels can have"),
    ],
)
def test_no_memory_is_taken_for_what_a_file_claims(tmp_path, make, said):
    """In a process that may take 200 MB more than it has."""
    np.savez_compressed(tmp_path / "a.npz", **make())
    command = [sys.executable, "-c", LIMITED, tmp_path]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("DataError") and said in done.stdout, done.stdout
