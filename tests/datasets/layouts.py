"""Files of images in every layout that HDF5 has."""

import numpy as np
import pytest

from cnnlab.datasets import Dataset, DatasetInfo, Split
from cnnlab.datasets.arrays.hdf5 import ChunkedSource
from cnnlab.datasets.stored import RawSource
from tests.datasets.pcam_files import images, labels, write_h5

COUNT, SIDE = 61, 33


PIXELS = images(COUNT, SIDE)


LAYOUTS = {
    "contiguous": (None, RawSource),
    "chunks": ({"chunks": (8, SIDE, SIDE, 3)}, RawSource),
    "one image each": ({"chunks": (1, SIDE, SIDE, 3)}, RawSource),
    "compressed": ({"chunks": (8, SIDE, SIDE, 3), "compression": "gzip"}, ChunkedSource),
    "automatic": ({"compression": "lzf"}, ChunkedSource),
    "tiles": ({"chunks": (7, 16, 16, 3)}, ChunkedSource),
}


INFO = DatasetInfo((SIDE, SIDE, 3), ("a", "b"))


@pytest.fixture(params=LAYOUTS, ids=str)
def layout(request):
    return LAYOUTS[request.param]


@pytest.fixture
def path(tmp_path, layout):
    return write_h5(tmp_path / "x.h5", layout[0], x=PIXELS)


def data_set(pixels) -> Dataset:
    split = Split(pixels, labels(COUNT).astype(np.int64))
    return Dataset("d", "D", INFO, split, None, split, source="")
