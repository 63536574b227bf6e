"""Folders of image files that count as large, although they are small."""

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.pictures import read as reading
from cnnlab.datasets.pictures.cache import FILE
from cnnlab.datasets.pictures.files import PictureReading

COUNT = 60


@pytest.fixture
def files(tmp_path):
    """Gray images, 5 high and 4 wide, whose brightness is their position."""
    paths = [tmp_path / "mine" / f"{i}.png" for i in range(COUNT)]
    paths[0].parent.mkdir()
    for i, path in enumerate(paths):
        Image.new("L", (4, 5), i).save(path, compress_level=0)  # all of one size
    return paths


@pytest.fixture
def all_are_many(monkeypatch):
    """Keep even a few files in the cache, in blocks of ten."""
    monkeypatch.setattr(reading, "FEW_BYTES", 0)
    monkeypatch.setattr("cnnlab.datasets.stored.BLOCK_BYTES", 10 * 5 * 4)


def read(files, **how):
    """What `read_pictures` gives."""
    return reading.read_pictures(files, files[0].parent, PictureReading(**how))


def values(images):
    """The brightness of each image."""
    return np.asarray(images)[:, 0, 0, 0].tolist()


def copies(home):
    """The files of images in the cache."""
    return sorted((home / "cache").rglob(FILE))


def leftovers(home):
    """What is hidden in the cache."""
    return list((home / "cache").rglob(".*"))
