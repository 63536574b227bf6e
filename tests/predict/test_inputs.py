"""What people bring: every form of it, and what is said of what does not fit. No framework."""

# ruff: noqa: E501  (one case, one line)

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.stored import StoredImages
from cnnlab.errors import CnnlabError
from cnnlab.predict.image_check import Expected
from cnnlab.predict.inputs import Input, open_input
from tests.datasets.pcam_files import OFFICIAL, images, write_h5

COLOUR, GREY = Expected((8, 8, 3)), Expected((8, 8, 1))
X = images(5, 8)


def pixels(found: Input) -> np.ndarray:
    return np.asarray(found.images[:])


def refused(paths: Any, expected: Expected = COLOUR) -> str:
    """What is said, paths shortened to names."""
    with pytest.raises(CnnlabError) as caught:
        found = open_input([paths] if isinstance(paths, Path) else paths, expected)
        found.images[:]
    folder = paths if isinstance(paths, Path) else paths[0]
    return f"{caught.value.exit_code}: {caught.value}".replace(f"{folder.parent}/", "")


@pytest.mark.parametrize("name", ["test_x.h5", f"{OFFICIAL}_test_x.h5", "a.hdf5"])
@pytest.mark.parametrize("layout", [{}, {"chunks": (2, 8, 8, 3), "compression": "gzip"}])
def test_an_hdf5_file_by_any_name_and_layout(tmp_path, name, layout):
    path = write_h5(tmp_path / name, layout, x=images(20, 8), y=np.zeros(20, np.uint8))
    found = open_input([path], COLOUR)
    assert isinstance(found.images, StoredImages) and found.names is None and found.notes == ()
    np.testing.assert_array_equal(pixels(found), images(20, 8))


@pytest.mark.parametrize("layout", [{}, {"chunks": (2, 8, 8), "compression": "gzip"}])
def test_grey_images_may_lack_their_channel(tmp_path, layout):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=X[..., 0], **layout)
    np.save(tmp_path / "a.npy", X[..., 0])
    for name in ("a.h5", "a.npy"):
        np.testing.assert_array_equal(pixels(open_input([tmp_path / name], GREY)), X[..., :1])


def test_numpy_files(tmp_path):
    np.save(tmp_path / "a.npy", X)
    np.savez(tmp_path / "b.npz", x=X, y=np.zeros(5))
    np.savez_compressed(tmp_path / "c.npz", anything=X)
    for name in ("a.npy", "b.npz", "c.npz"):
        np.testing.assert_array_equal(pixels(open_input([tmp_path / name], COLOUR)), X)
    assert isinstance(open_input([tmp_path / "a.npy"], COLOUR).images, np.memmap)


def write_pictures(folder: Path, names: list[str], side: int = 8, mode: str = "RGB") -> list[Path]:
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        Image.new(mode, (side, side), number if mode == "L" else (number, 9, 9)).save(folder / name)
    return [folder / name for name in names]


def test_a_folder_of_images_in_the_order_of_the_numbers_in_their_names(tmp_path):
    names = ["b.png", "10.png", "2.png", "1.png", "A.PNG", "02.png"]
    write_pictures(tmp_path / "p", names)
    (tmp_path / "p/.hidden.png").write_text("")
    (tmp_path / "p/notes.txt").write_text("")
    found = open_input([tmp_path / "p"], COLOUR)
    assert found.names == ["1.png", "02.png", "2.png", "10.png", "A.PNG", "b.png"]
    assert [image[0, 0, 0] for image in pixels(found)] == [names.index(name) for name in found.names]
    assert found.notes == (
        f"Left out in {tmp_path / 'p'}: 1 that are not .png, .jpg, .jpeg, .tif, .tiff, .bmp, .webp files.",
    )


def test_single_images_in_the_order_given(tmp_path):
    files = write_pictures(tmp_path, ["c.png", "a.png"])
    found = open_input(files, COLOUR)
    assert found.names == ["c.png", "a.png"] and pixels(found)[:, 0, 0, 0].tolist() == [0, 1]
    assert found.notes[0].startswith(
        "The images are predicted in the order given, which is not that of the num"
    )
    assert open_input(files[::-1], COLOUR).notes == ()


def test_single_images_of_one_name_are_told_apart_by_their_folders(tmp_path):
    files = [*write_pictures(tmp_path / "a", ["1.png"]), *write_pictures(tmp_path / "b", ["1.png"])]
    assert open_input(files, COLOUR).names == [f"{tmp_path}/a/1.png", f"{tmp_path}/b/1.png"]


def test_transparent_pictures_are_noted_once_they_are_read(tmp_path):
    files = write_pictures(tmp_path, ["a.png", "b.png"])
    Image.new("RGBA", (8, 8), (9, 9, 9, 0)).save(files[1])
    found = open_input(files, COLOUR)
    assert pixels(found)[1].min() == 255 and pixels(found)[0, 0, 0, 0] == 0
    assert found.notes_of_reading() == ("1 image with transparent pixels, which were laid over white.",)


def test_larger_images_are_cut_as_the_training_images_were(tmp_path):
    large = images(4, 12)
    np.save(tmp_path / "a.npy", large)
    write_h5(tmp_path / "a.h5", x=large)
    Image.fromarray(large[0]).save(tmp_path / "a.png")
    expected = Expected((8, 8, 3), crop=8)
    for name in ("a.npy", "a.h5", "a.png"):
        found = pixels(open_input([tmp_path / name], expected))
        np.testing.assert_array_equal(found, large[: len(found), 2:10, 2:10])
    np.save(tmp_path / "right.npy", X)
    np.testing.assert_array_equal(pixels(open_input([tmp_path / "right.npy"], expected)), X)


def test_image_files_are_read_as_those_of_the_run_were(tmp_path):
    files = write_pictures(tmp_path, ["a.png"], side=16)
    config = {"data": {"dataset": "folder", "image_size": [8, 8], "color": "gray"}}
    found = open_input(files, Expected.of_run(config, (8, 8, 1)))
    assert pixels(found).shape == (1, 8, 8, 1)
    assert Expected.of_run({}, (8, 8, 1)) == GREY
    assert Expected.of_run({"data": {"crop": 8}}, (8, 8, 1)) == Expected((8, 8, 1), crop=8)


def test_bytes_of_0_and_1_alone_are_noted(tmp_path):
    np.save(tmp_path / "a.npy", X // 200)
    (note,) = open_input([tmp_path / "a.npy"], COLOUR).notes
    assert note.startswith("No pixel value is above 1 in the first 5 images")


BYTES = "expected uint8: bytes from 0 to 255, which the network scales itself"


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (X / np.float32(255), f"is float32 with values from 0 to 1 (in its first 5 images), {BYTES}. These look divided by 255: store (x * 255).round().astype('uint8')."),
        (X / 127.5 - 1, f"is float64 with values from -1 to 1 (in its first 5 images), {BYTES}. These look scaled to [-1, 1]: store ((x + 1) * 127.5).round().astype('uint8')."),
        (X.astype(np.float16), f"is float16 with values from 0 to 255 (in its first 5 images), {BYTES}. If all are such numbers, store x.round().astype('uint8')."),
        (X.astype(np.int32) * 3, f"is int32 with values from 0 to 765 (in its first 5 images), {BYTES}: store the original bytes."),
        (np.full((2, 8, 8, 3), np.nan), "is float64 with values from nan to nan (in its first 2 images), " f"{BYTES}: some are not finite."),
        (X > 9, f"is bool, {BYTES}."),
        (X[:0], "has shape (0, 8, 8, 3), expected (n, 8, 8, 3), n at least 1."),
        (X[0], "has shape (8, 8, 3), expected (n, 8, 8, 3), n at least 1."),
        (X[..., 0], "has shape (5, 8, 8), expected (n, 8, 8, 3), n at least 1."),
        (X[..., :1], "holds images of 8x8x1, the network takes 8x8x3: bring them to its size as the training images were."),
        (images(2, 9), "holds images of 9x9x3, the network takes 8x8x3: bring them to its size as the training images were."),
        (np.moveaxis(X, -1, 1), "has shape (5, 3, 8, 8), channels first, expected (n, 8, 8, 3): use numpy.moveaxis(x, 1, -1)."),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_refused(tmp_path, array, said):
    array = np.ascontiguousarray(array)
    if array.dtype.kind in "iuf" and array.size and np.isfinite(array).all():
        array.flat[0], array.flat[1] = array.min(), array.max()
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "a.npz", x=array)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = array
    assert refused(tmp_path / "a.npy") == f"5: a.npy {said}"
    assert refused(tmp_path / "a.npz") == f"5: a.npz: x {said}"
    assert refused(tmp_path / "a.h5") == f"5: a.h5: x {said}"


def test_arrays_of_images_have_many_names(tmp_path):
    """Those of the test part, else of none, else the only ones."""
    for keys, taken in [
        (["images", "labels"], "images"),
        (["X_train", "X_test", "y_test"], "X_test"),
        (["train_images", "data"], "data"),
        (["imgs_val", "mask"], "imgs_val"),
    ]:
        arrays = {key: X if key == taken else images(5, 9) for key in keys}
        np.savez(tmp_path / "a.npz", **arrays)
        write_h5(tmp_path / "a.h5", **arrays)
        for name in ("a.npz", "a.h5"):
            np.testing.assert_array_equal(
                pixels(open_input([tmp_path / name], COLOUR)), X, err_msg=f"{name} {keys}"
            )


def test_missing_keys_are_named(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["pixels"], file["y"] = X, np.zeros(5)
        file.create_group("g")
    said = "expected under a key such as x, images, image"
    assert (
        refused(tmp_path / "a.h5")
        == f"5: a.h5 has no array of images (it has g, pixels, y), {said}: rename it."
    )
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_group("x")
    assert "b.h5 has no array of images (it has x)" in refused(tmp_path / "b.h5")
    np.savez(tmp_path / "c.npz", a=X, b=X)
    assert refused(tmp_path / "c.npz").startswith(
        f"5: c.npz has no array of images (it has a, b), {said}, or test_x"
    )
    np.savez(tmp_path / "d.npz", train_x=X, val_x=X)
    assert "d.npz has no array of images (it has train_x, val_x)" in refused(tmp_path / "d.npz")
    np.savez(tmp_path / "e.npz", test_x=X, x_test=X)
    assert "e.npz has both test_x and x_test" in refused(tmp_path / "e.npz")


def test_unreadable_files_are_named_with_the_reason(tmp_path):
    whole = write_h5(tmp_path / "whole.h5", x=images(50, 32)).read_bytes()
    np.save(tmp_path / "whole.npy", X)
    for name, content, said in (
        ("empty.h5", b"", "empty.h5 cannot be read: it is empty."),
        ("page.h5", b"<!DOCTYPE html>", "page.h5 cannot be read: it is a web page"),
        ("cut.h5", whole[: len(whole) // 2], "cut.h5 cannot be read: it is truncated"),
        ("text.h5", b"hello " * 99, "text.h5 cannot be read: it is not an HDF5 file."),
        ("empty.npy", b"", "empty.npy cannot be read as a NumPy file: it is empty."),
        ("text.npy", b"hello " * 99, "text.npy cannot be read as a NumPy file: "),
        ("cut.npy", (tmp_path / "whole.npy").read_bytes()[:300], "cut.npy cannot be read as a NumPy file: "),
        ("text.npz", b"hello", "text.npz cannot be read: it is not a NumPy archive"),
        ("text.png", b"hello", "text.png cannot be read as a PNG, JPEG, TIFF, BMP or WebP image"),
    ):
        (tmp_path / name).write_bytes(content)
        assert refused(tmp_path / name).startswith(f"5: {said}"), name
    (tmp_path / "archive.npy").write_bytes(b"")
    with (tmp_path / "archive.npy").open("wb") as file:
        np.savez(file, x=X)
    assert refused(tmp_path / "archive.npy") == "5: archive.npy is a NumPy archive: call it .npz."


def test_paths_that_are_no_images_are_refused(tmp_path):
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "a.h5.gz").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    picture, other = write_pictures(tmp_path, ["a.png", "b.png"])
    assert refused(tmp_path / "no.h5") == "5: There is no file or folder no.h5."
    assert refused(tmp_path / "a.txt").startswith(
        "2: a.txt is none of what --input takes: an HDF5 file (.h5), "
    )
    assert refused(tmp_path / "a.h5.gz") == "2: a.h5.gz is packed: unpack it first, as with gunzip -k."
    assert refused(tmp_path / "empty").startswith("5: empty holds no PNG, JPEG, TIFF, BMP or WebP image")
    said = "2: --input takes several image files, or one of anything else; a.txt is not an image file."
    assert refused([picture, other, tmp_path / "a.txt"]) == said


def test_image_files_that_do_not_fit_are_named(tmp_path):
    (wrong,) = write_pictures(tmp_path, ["a.png"], side=9)
    (grey,) = write_pictures(tmp_path, ["b.png"], mode="L")
    said = "(height, width, channels), the network takes 8x8x3: bring it to that as the training images were."
    assert refused(wrong) == f"5: a.png is 9x9x3 {said}"
    assert refused(grey) == f"5: b.png is 8x8x1 {said}"
