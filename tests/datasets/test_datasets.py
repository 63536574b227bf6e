"""What holds for every data set: the registry, the check at the border, the listing, the hash."""

import subprocess
import sys

import pytest

from cnnlab.datasets import DataPlaces, dataset, dataset_info
from cnnlab.errors import ConfigError


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


def test_importing_the_data_sets_stays_light():
    heavy = "{'keras', 'tensorflow', 'PIL', 'pooch', 'requests', 'rich', 'scipy', 'h5py'}"
    code = f"import sys, cnnlab.datasets; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
