"""The hash of the content, kept for images that something vouches for."""

import dataclasses

import numpy as np
import pytest

from cnnlab.datasets.base import Dataset, DatasetInfo, Split
from cnnlab.datasets.stored import RawSource, StoredImages, Vouched

COUNT = 20
PIXELS = np.random.default_rng(0).integers(0, 256, (COUNT, 5, 4, 1), dtype=np.uint8)


@pytest.fixture
def images(tmp_path):
    (tmp_path / "pixels").write_bytes(PIXELS.tobytes())
    source = RawSource(tmp_path / "pixels", np.arange(COUNT) * 20, (5, 4, 1))
    source.vouched = Vouched("these very files", tmp_path)
    return StoredImages(source)


def data_set(images, labels=None, **more):
    labels = np.arange(len(images)) % 2 if labels is None else labels
    split = Split(images, labels.astype(np.int64), **more)
    info = DatasetInfo((5, 4, 1), ("a", "b"))
    return Dataset("d", "D", info, split, None, split.take(np.arange(9)), source="")


def test_it_is_the_hash_of_the_same_images_in_memory_and_reads_them_once(images):
    expected = data_set(PIXELS).content_hash()
    assert data_set(images).content_hash() == expected
    images.source.path.unlink()
    assert data_set(images).content_hash() == expected


def test_it_is_another_for_all_that_makes_other_data(images):
    groups = np.array([str(i // 4) for i in range(COUNT)])
    whole = data_set(images)
    others = [
        whole,
        data_set(images.take(np.arange(COUNT)[::-1])),
        data_set(images, np.ones(COUNT)),
        data_set(images, groups=groups),
        dataclasses.replace(whole, test=None),
        dataclasses.replace(whole, validation=whole.test, test=None),
        dataclasses.replace(whole, test=dataclasses.replace(whole.test, labels=None)),
    ]
    hashes = [each.content_hash() for each in others]
    assert len(set(hashes)) == len(others) == len([*images.source.vouched.folder.glob("*.sha256")])
    assert hashes == [each.content_hash() for each in others]
    images.source.vouched = dataclasses.replace(images.source.vouched, identity="others")
    images.source.path.write_bytes(bytes(PIXELS.nbytes))
    assert whole.content_hash() not in hashes


def test_it_is_kept_for_no_images_that_nobody_vouches_for(images):
    mixed = dataclasses.replace(data_set(images), test=data_set(PIXELS).test)
    expected = data_set(PIXELS).content_hash()
    assert mixed.content_hash() == expected
    folder, images.source.vouched = images.source.vouched.folder, None
    assert data_set(images).content_hash() == expected and not [*folder.glob("*.sha256")]


def test_a_damaged_one_is_computed_anew(images, tmp_path):
    expected = data_set(images).content_hash()
    [path] = tmp_path.glob("*.sha256")
    for wrong in (b"", b"0" * 63, b"\xff" * 64, b"x" * 10_000):
        path.write_bytes(wrong)
        assert data_set(images).content_hash() == expected and path.read_text() == expected + "\n"
    path.unlink()
    (tmp_path / "target").write_text("0" * 64)
    path.symlink_to(tmp_path / "target")
    assert data_set(images).content_hash() == expected and not path.is_symlink()
    assert (tmp_path / "target").read_text() == "0" * 64


def test_where_it_cannot_be_kept_it_is_computed(images, tmp_path):
    images.source.vouched = Vouched("these", tmp_path / "nowhere")
    assert data_set(images).content_hash() == data_set(PIXELS).content_hash()
