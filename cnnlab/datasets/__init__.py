"""Data sets: one file for each family, all behind one registry.

A data set is asked for by name; `load_dataset` returns images and labels in memory. A person's own joins with
the same decorator, in a file that the config lists under `extensions`:

    @dataset
    def two_squares(places, *, count: int = 100):
        '''Black and white squares.'''
        ...
        return Dataset(name="two_squares", ...)
"""

from cnnlab.datasets import folder, mnist, mnist10k, npz, pcam, pcam_synthetic  # noqa: F401  (fills the registry)
from cnnlab.datasets.availability import Availability, availability
from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.check import check_dataset
from cnnlab.datasets.locate import data_places
from cnnlab.datasets.splits import IndexedSplit, Splits, draw_split
from cnnlab.registry import Parameters

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


def load_dataset(name: str, parameters: Parameters, places: DataPlaces) -> Dataset:
    """Return the data set `name`, read with checked `parameters` (an instance of its entry's model).

    Raises ConfigError for an unknown name, DataError when the data are missing or damaged.
    """
    return check_dataset(name, dataset.get(name)(places, parameters=parameters))


def dataset_info(name: str, parameters: Parameters, places: DataPlaces) -> DatasetInfo:
    """Return image shape and classes of the data set `name`, reading the data only where that is needed."""
    known = dataset.get(name).traits.get("info")
    if known is None:
        return load_dataset(name, parameters, places).info
    return known(parameters, places) if callable(known) else known
