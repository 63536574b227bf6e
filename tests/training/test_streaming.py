"""Training from a file: the same bits as from memory, and an order that knows nothing of the file's."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.datasets import Split
from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.splits import within_budget
from tests.datasets.pcam_files import write_h5, write_lab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("configs")]

COUNT = 3000
LAYOUTS = [
    {},
    {"chunks": (64, 32, 32, 3)},
    {"chunks": (64, 32, 32, 3), "compression": "gzip", "compression_opts": 1},
]


@pytest.fixture(params=LAYOUTS, ids=["contiguous", "chunked", "compressed"])
def split(request: Any, tmp_path: Path, monkeypatch: Any) -> Split:
    """Images that tell their position in the file by their first two bytes; never in memory."""
    monkeypatch.setattr("cnnlab.datasets.locate.cache_directory", lambda: tmp_path / "cache")
    pixels = np.zeros((COUNT, 32, 32, 3), np.uint8)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = np.divmod(np.arange(COUNT), 256)
    path = write_h5(tmp_path / "x.h5", request.param, x=pixels)
    stored = Split(stored_images(path, None, 32), np.arange(COUNT, dtype=np.int64) % 2)
    return within_budget({"train": stored}, 0)["train"]


def positions(images: Any) -> np.ndarray:
    """What the images of a batch tell, int64 (n,)."""
    marks = images.numpy()[:, 0, 0].round().astype(np.int64)
    return marks[:, 0] * 256 + marks[:, 1]


def test_an_epochs_order_is_not_correlated_with_the_files(split: Split) -> None:
    """Neither the positions themselves nor the steps from one image to the next, in epochs of their own."""
    from cnnlab.training.pipeline import BatchPlan, training_batches

    plan = BatchPlan(32, seed=5, epochs=2, num_classes=2, scale=(0.0, 255.0), augment=(), threads=1)
    batches = [(positions(x), y.numpy().argmax(axis=1)) for x, y in training_batches(split, plan)]
    told, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    np.testing.assert_array_equal(labels, told % 2)
    for order in (told[:COUNT], told[COUNT:]):
        assert sorted(order) == list(range(COUNT))
        assert abs(np.corrcoef(order, np.arange(COUNT))[0, 1]) < 4 / np.sqrt(COUNT)
        assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < 4 / np.sqrt(COUNT)
        assert np.median(np.abs(np.diff(order))) == pytest.approx(COUNT * (1 - np.sqrt(0.5)), rel=0.1)
        assert np.mean(np.abs(np.diff(order)) < 64) < 0.06  # neighbours of a chunk: 4.2 % by chance
    assert abs(np.corrcoef(told[:COUNT], told[COUNT:])[0, 1]) < 4 / np.sqrt(COUNT)


def test_batches_are_the_same_from_a_file_an_array_and_a_tensor(split: Split, monkeypatch: Any) -> None:
    """To the bit, augmented or not, in training and in evaluation."""
    from cnnlab.config.load import check, document_of
    from cnnlab.training import pipeline

    config = check(
        document_of(
            {
                "name": "x",
                "data": {"dataset": "mnist10k"},
                "augment": [{"random_rotation": {"factor": 0.1}}, "random_flip"],
                "model": ["flatten", "classifier"],
            },
            Path("x.yaml"),
        )
    )
    plan = pipeline.BatchPlan(100, 5, 1, 2, (-1.0, 1.0), config.augment, 1)
    array = replace(split, images=np.asarray(split.images))
    shorter = np.arange(0, COUNT, 7)

    def drawn(of: Split) -> list[np.ndarray]:
        training = [
            np.asarray(part) for pair in pipeline.training_batches(of.take(shorter), plan) for part in pair
        ]
        told = pipeline.evaluation_batches(of.take(shorter), num_classes=2, scale=(-1.0, 1.0), threads=1)
        return training + [np.asarray(part) for pair in told for part in pair]

    reference = drawn(array)
    monkeypatch.setattr(pipeline, "TENSOR_BYTES", 0)
    for other in (drawn(array), drawn(split)):
        for one, two in zip(reference, other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_a_repeat_is_the_same_from_files_and_from_memory(tmp_path: Path) -> None:
    """The lab's files with and without memory to keep them in: the same predictions, to the bit."""
    from cnnlab.config.load import check, document_of
    from cnnlab.runs.folder import RepeatFolder
    from cnnlab.training.prepare import load_data, prepare
    from cnnlab.training.repeat import train_one

    write_lab(tmp_path / "pcam_lab", side=34)
    stored = []
    for budget in (0, "1 GB"):
        plain = {
            "name": "x",
            "data": {"dataset": "pcam_lab", "crop": 32, "memory_budget": budget},
            "augment": ["random_flip"],
            "model": [{"conv_block": {"filters": 2, "convs": 1}}, "flatten", "classifier"],
            "training": {"epochs": 2, "batch_size": 16, "threads": 1},
        }
        config = check(document_of(plain, tmp_path / "config.yaml"))
        data = load_data(config, tmp_path)
        prepare(config, data)
        folder = RepeatFolder(tmp_path / str(budget), 0).make()
        result = train_one(config, 0, folder, data)
        assert result.metrics["test"] == {}  # hidden labels
        stored.append(np.load(folder.predictions_path))
    for name in stored[0].files:
        np.testing.assert_array_equal(stored[0][name], stored[1][name])
