import dataclasses
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnnlab.datasets import DataPlaces, Split, dataset, load_dataset, mnist
from cnnlab.errors import DataError

REAL_DATA = os.environ.get("CNNLAB_DATA")


def load(places: DataPlaces):
    return load_dataset("mnist", dataset.get("mnist").parameters(), places)


def write(path: Path, **changes: np.ndarray) -> Path:
    """Write the archive at `path` again, with some arrays changed; None takes an array out."""
    with np.load(path) as file:
        arrays = {**{key: file[key] for key in file.files}, **changes}
    np.savez(path, **{key: array for key, array in arrays.items() if array is not None})
    return path


def test_images_and_labels_come_as_promised(tiny_mnist):
    loaded = load(DataPlaces(tiny_mnist.parent))
    assert loaded.source == str(tiny_mnist)
    assert loaded.train.images.shape == (20, 28, 28, 1) and loaded.train.images.dtype == np.uint8
    assert loaded.test.labels.shape == (10,) and loaded.test.labels.dtype == np.int64
    assert loaded.validation is None and loaded.notes == ()


def test_every_place_gives_the_same_content(tiny_mnist, empty_home, tmp_path):
    by_folder, by_file = load(DataPlaces(tiny_mnist.parent)), load(DataPlaces(tiny_mnist))
    keras = empty_home / "keras" / "datasets"
    keras.mkdir(parents=True)
    shutil.copy(tiny_mnist, keras)
    from_keras = load(DataPlaces())
    assert from_keras.source == str(keras / "mnist.npz")
    assert by_folder.content_hash() == by_file.content_hash() == from_keras.content_hash()


def test_it_is_fetched_into_the_cache_when_it_is_nowhere(tiny_mnist, empty_home, monkeypatch):
    def fake_fetch(remote, folder):
        folder.mkdir(parents=True)
        return Path(shutil.copy(tiny_mnist, folder))

    monkeypatch.setattr(mnist, "fetch", fake_fetch)
    assert load(DataPlaces()).source == str(empty_home / "cache" / "mnist" / "mnist.npz")
    monkeypatch.delattr(mnist, "fetch")
    load(DataPlaces())


def test_without_network_the_error_names_the_ways_out(monkeypatch, tmp_path, empty_home):
    url = "http://127.0.0.1:9/mnist.npz"  # the discard port: nobody listens
    monkeypatch.setattr(mnist, "REMOTE", dataclasses.replace(mnist.REMOTE, url=url))
    with pytest.raises(DataError) as caught:
        load(DataPlaces(tmp_path))
    message, searched = str(caught.value), (tmp_path, tmp_path / "mnist", empty_home / "keras" / "datasets")
    assert caught.value.exit_code == 5
    for part in (
        *map(str, searched),
        url,
        f"put it at {tmp_path / 'mnist.npz'}",
        "--bundled",
        "no connection",
    ):
        assert part in message


def test_downloading_can_be_switched_off():
    with pytest.raises(DataError, match="downloading is switched off"):
        load(DataPlaces(download=False))


def test_nothing_is_fetched_when_the_named_folder_does_not_exist(tmp_path):
    with pytest.raises(DataError, match=r"nowhere \(from --data-dir\) does not exist.*--bundled"):
        load(DataPlaces(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"x_test": None}, r"it has no array x_test \(it has x_train, y_train, y_test\)"),
        ({"y_train": np.zeros(20, np.uint8)}, "the bytes of y_train are not those of MNIST"),
        (
            {"x_train": np.zeros((19, 28, 28), np.uint8)},
            r"x_train is uint8 of shape \(19, 28, 28\), expected",
        ),
        ({"x_train": np.zeros((20, 28, 28))}, "x_train is float64 of shape"),
        ({"x_train": np.array([{}])}, "it holds Python objects"),
    ],
)
def test_a_file_that_is_not_mnist_is_named_with_the_difference(tiny_mnist, changes, reason):
    write(tiny_mnist, **changes)
    with pytest.raises(DataError, match=f"mnist.npz .*{reason}"):
        load(DataPlaces(tiny_mnist))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"<html>moved</html>", "it is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "not a NumPy archive"),
    ],
)
def test_a_file_that_is_no_archive_is_named(tiny_mnist, content, reason):
    tiny_mnist.write_bytes(content)
    with pytest.raises(DataError, match=f"mnist.npz cannot be read: .*{reason}"):
        load(DataPlaces(tiny_mnist))


@pytest.mark.parametrize("keep", [100, 0.5, 0.99])
def test_a_truncated_file_is_an_error(tiny_mnist, keep):
    whole = tiny_mnist.read_bytes()
    tiny_mnist.write_bytes(whole[: keep if keep > 1 else int(len(whole) * keep)])
    with pytest.raises(DataError, match="truncated"):
        load(DataPlaces(tiny_mnist))


def test_flipped_bytes_are_an_error(tiny_mnist):
    damaged = bytearray(tiny_mnist.read_bytes())
    damaged[2000:2010] = bytes(10)
    tiny_mnist.write_bytes(damaged)
    with pytest.raises(DataError, match="the archive is damaged"):
        load(DataPlaces(tiny_mnist))


@pytest.mark.skipif(
    not REAL_DATA or not (Path(REAL_DATA) / "mnist.npz").is_file(), reason="needs MNIST itself"
)
def test_the_real_file_passes_and_holds_the_bundled_digits():
    full = load(DataPlaces(Path(REAL_DATA)))
    assert (len(full.train), len(full.test)) == (60000, 10000)
    bundled = load_dataset("mnist10k", dataset.get("mnist10k").parameters(), DataPlaces())
    first = full.train.take(np.arange(10000))
    assert pairs(first) == pairs(bundled.train) | pairs(bundled.test)


def pairs(split: Split) -> set[tuple[bytes, int]]:
    return {(image.tobytes(), int(label)) for image, label in zip(split.images, split.labels, strict=True)}
