"""Names that stand for a part of the data."""

import pytest

from cnnlab.datasets.folders.part_names import part_of

NAMES = {
    "train": ["train", "Train", "TRAINING", "training_set", "trainImages", "train_labels", "seg_train", "train-2019"],
    "validation": ["val", "Valid", "validation", "dev", "val_images", "seg-val", "ValSet"],
    "test": ["test", "Testing", "test_images", "PublicTest", "eval", "TEST", "stage1_test"],
    None: ["ant", "tested", "trains", "latest", "train_test", "contest", "", "0", "devil", "validity"],
}  # fmt: skip


@pytest.mark.parametrize("part", NAMES, ids=str)
def test_each_spelling(part):
    assert {name: part_of(name) for name in NAMES[part]} == dict.fromkeys(NAMES[part], part)
