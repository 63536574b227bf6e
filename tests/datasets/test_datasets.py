"""What holds for every data set: the registry, the check at the border, the listing, the hash."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from cnnlab.datasets import DataPlaces, Dataset, DatasetInfo, Split, availability, dataset, dataset_info
from cnnlab.datasets.load import check_dataset
from cnnlab.errors import ConfigError, DataError
from cnnlab.registry import Parameters

SPLIT = Split(np.zeros((4, 3, 2, 1), np.uint8), np.array([0, 1, 0, 1]))
GOOD = Dataset("good", "Good", DatasetInfo((3, 2, 1), ("a", "b")), SPLIT, None, SPLIT, source="")


@pytest.mark.heavy
@pytest.mark.parametrize("name", list(dataset))
def test_every_data_set_describes_itself(name):
    entry = dataset.get(name)
    assert entry.summary.endswith((".", ",")) or ":" in entry.summary
    assert entry.traits["title"] and entry.traits["note"]
    assert ("info" in entry.traits) == ("bundled" in entry.traits)
    if "bundled" in entry.traits:
        stand_in = dataset.get(entry.traits["bundled"])
        few = (
            {"train_images": 2, "validation_images": 2, "test_images": 2}
            if "synthetic" in stand_in.name
            else {}
        )
        own = entry.traits.get("bundled_with", {})
        info = dataset_info(name, entry.parameters(), DataPlaces())
        assert dataset_info(stand_in.name, stand_in.parameters(**own), DataPlaces()) == info
        assert stand_in(DataPlaces(), parameters=stand_in.parameters(**own | few)).info == info


def test_an_unknown_name_lists_the_others():
    with pytest.raises(ConfigError, match=r"unknown dataset 'mnits' \(did you mean 'mnist'\?\)"):
        dataset.get("mnits")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"train": Split(np.zeros((4, 3, 2, 1)), SPLIT.labels)}, "train images .* float64 .* expected uint8"),
        (
            {"test": Split(SPLIT.images[:, :2], SPLIT.labels)},
            r"\(4, 2, 2, 1\), .*\(n, 3, 2, 1\)",
        ),
        ({"train": SPLIT.take(np.arange(0))}, "n at least 1"),
        ({"train": Split(SPLIT.images, None)}, "train labels of the data set 'good' are missing"),
        (
            {"train": Split(SPLIT.images, SPLIT.labels[:3])},
            r"\(3,\), expected int64 of shape \(4,\)",
        ),
        ({"train": Split(SPLIT.images, SPLIT.labels.astype(np.uint8))}, "are uint8 of shape"),
        (
            {"train": Split(SPLIT.images, SPLIT.labels + 1)},
            "from 1 to 2, expected class indices from 0 to 1",
        ),
    ],
)
def test_what_a_loader_returns_is_checked(changes, text):
    with pytest.raises(DataError, match=text):
        check_dataset("good", dataclasses.replace(GOOD, **changes))


def test_a_loader_must_return_a_data_set():
    assert check_dataset("good", GOOD) is GOOD
    assert check_dataset("good", dataclasses.replace(GOOD, test=Split(SPLIT.images, None)))
    with pytest.raises(DataError, match="'mine' returned NoneType, expected a"):
        check_dataset("mine", None)


def test_the_content_hash_sees_pixels_labels_shapes_and_which_part_is_which():
    hidden = Split(SPLIT.images, None)
    others = [
        dataclasses.replace(GOOD, train=Split(SPLIT.images + np.uint8(1), SPLIT.labels)),
        dataclasses.replace(GOOD, train=Split(SPLIT.images, 1 - SPLIT.labels)),
        dataclasses.replace(GOOD, train=Split(SPLIT.images.reshape(4, 2, 3, 1), SPLIT.labels)),
        dataclasses.replace(GOOD, test=hidden),
        dataclasses.replace(GOOD, test=None),
        dataclasses.replace(GOOD, validation=SPLIT, test=None),
    ]
    assert len({each.content_hash() for each in (GOOD, *others)}) == 1 + len(others)
    assert dataclasses.replace(GOOD, name="other", source="elsewhere").content_hash() == GOOD.content_hash()


def test_the_listing_says_what_is_found_and_downloads_nothing(tiny_mnist, tmp_path):
    rows = {row.name: row for row in availability(DataPlaces(tiny_mnist.parent))}
    assert list(rows) == dataset.names()
    assert rows["mnist"].found == str(tiny_mnist)
    assert rows["mnist10k"].found.endswith("mnist10k.npz")
    assert rows["npz"].found is None and "path" in rows["npz"].note
    assert {row.name: row for row in availability(DataPlaces())}["mnist"].found is None


def test_the_listing_survives_a_folder_that_does_not_exist(tmp_path):
    rows = {row.name: row for row in availability(DataPlaces(tmp_path / "nowhere"))}
    assert rows["mnist"].found is None and "does not exist" in rows["mnist"].note
    assert rows["mnist10k"].found is not None


def test_the_listing_shows_a_data_set_of_ones_own(monkeypatch):
    monkeypatch.setattr(dataset, "_entries", dict(dataset._entries))

    @dataset
    def mine(places, *, count: int = 3):
        """Squares."""

    row = next(row for row in availability(DataPlaces()) if row.name == "mine")
    assert (row.title, row.found, row.size) == ("Squares.", None, "")
    assert issubclass(dataset.get("mine").parameters, Parameters)


def test_importing_the_data_sets_stays_light():
    heavy = "{'keras', 'tensorflow', 'PIL', 'pooch', 'requests', 'rich', 'scipy', 'h5py'}"
    code = f"import sys, cnnlab.datasets; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
