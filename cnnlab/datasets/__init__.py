"""Data sets: one file for each family, all behind one registry.

A data set is asked for by name; `load_dataset` returns images and labels in memory. A person's own joins with
the same decorator, in a file that the config lists under `extensions`:

    @dataset
    def two_squares(places, *, count: int = 100):
        '''Black and white squares.'''
        ...
        return Dataset(name="two_squares", ...)
"""

from cnnlab.datasets import mnist, mnist10k  # noqa: F401  (these fill the registry)
from cnnlab.datasets.arrays import npz  # noqa: F401
from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.folders import loader  # noqa: F401
from cnnlab.datasets.load import dataset_info, load_dataset
from cnnlab.datasets.locate import data_places
from cnnlab.datasets.obtain import Availability, availability
from cnnlab.datasets.pcam import loaders, synthetic  # noqa: F401
from cnnlab.datasets.splits import IndexedSplit, Splits, draw_split

__all__ = [
    "Availability",
    "DataPlaces",
    "Dataset",
    "DatasetInfo",
    "IndexedSplit",
    "Split",
    "Splits",
    "availability",
    "data_places",
    "dataset",
    "dataset_info",
    "draw_split",
    "load_dataset",
]
