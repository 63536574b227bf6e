"""Arrays as people have them, from file to CSV: trained on with --smoke, predicted, and compared with the truth."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from cnnlab.datasets import DataPlaces, dataset
from cnnlab.errors import DataError
from tests.datasets.parquet_files import picture, write_parquet
from tests.datasets.pcam_files import OFFICIAL, in_own_folders, write_h5

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]

SIDE = 32
COUNTS = {"train": 160, "validation": 40, "test": 24}
TRUTH = np.array([0, 1, 1, 0, 0, 0, 1, 1] * 3)  # of the test images
CONFIG = """\
name: arrays
data: {DATA}
model: [{conv_block: {convs: 1, filters: 4}}, global_average_pool, classifier]
training: {epochs: 20, batch_size: 10, threads: 1, optimizer: {name: adam, learning_rate: 0.05}}
"""


def labels(part: str) -> np.ndarray:
    return TRUTH if part == "test" else np.arange(COUNTS[part]) // 3 % 2


def images(part: str) -> np.ndarray:
    """Dark images of class 0, bright ones of class 1, each of one colour: uint8 (n, 32, 32, 3)."""
    shades = 30 + 180 * labels(part) + np.arange(COUNTS[part]) % 20
    return np.broadcast_to(shades[:, None, None, None], (COUNTS[part], SIDE, SIDE, 3)).astype(np.uint8)


def kaggle(folder: Path) -> str:
    names = {"train": ("training", "train"), "validation": ("validation", "valid"), "test": ("test", "test")}
    for part, (name, short) in names.items():
        write_h5(folder / f"pcam/{name}_split.h5", images=images(part), slide=np.arange(COUNTS[part]) // 4)
        write_h5(folder / f"Labels/Labels/{OFFICIAL}_{short}_y.h5", y=labels(part).astype(np.uint8))
    in_own_folders(folder / "pcam")
    return "dataset: pcam"


def medmnist(folder: Path) -> str:
    short = {"train": "train", "validation": "val", "test": "test"}
    arrays = {f"{short[part]}_images": images(part) for part in COUNTS}
    np.savez(
        folder / "medmnist.npz",
        **arrays,
        **{f"{short[part]}_labels": labels(part)[:, None] + 1 for part in COUNTS},
    )
    return f"dataset: npz, path: {folder / 'medmnist.npz'}"


def hub(folder: Path) -> str:
    for part in COUNTS:
        packed = [
            {"bytes": picture(int(image[0, 0, 0]), SIDE, mode="L"), "path": None} for image in images(part)
        ]
        pieces = 2 if part == "train" else 1
        for piece in range(pieces):
            rows = slice(piece * len(packed) // pieces, (piece + 1) * len(packed) // pieces)
            path = folder / f"hub/data/{part}-{piece:05}-of-{pieces:05}.parquet"
            write_parquet(path, ["a", "b"], 50, image=packed[rows], label=labels(part)[rows])
    return f"dataset: folder, path: {folder / 'hub'}"


FORMS = {"kaggle": kaggle, "medmnist": medmnist, "hub": hub}


@dataclass(frozen=True)
class Trained:
    """The folder of the data, and the run's folder."""

    data: Path
    run: Path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, cnnlab: Callable[..., Any]) -> Callable[[str], Trained]:
    """Each form of data written and trained on once."""
    done: dict[str, Trained] = {}

    def train(form: str) -> Trained:
        if form not in done:
            folder = tmp_path_factory.mktemp(form)
            (folder / "it.yaml").write_text(CONFIG.replace("DATA", FORMS[form](folder)))
            options = ("--runs-dir", folder / "runs", "--data-dir", folder, "--smoke", "--json", "-q")
            result = cnnlab("train", "-c", folder / "it.yaml", *options)
            assert result.code == 0, result.err
            done[form] = Trained(folder, Path(result.json["run"]))
        return done[form]

    return train


def classes(path: Path) -> list[int]:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [str(number) for number in range(len(rows))]
    return [int(row["class"]) for row in rows]


@pytest.mark.parametrize("form", FORMS)
def test_the_predictions_are_the_truth(trained, tmp_path, cnnlab, form):
    found = trained(form)
    inputs = {
        "kaggle": found.data / "pcam/test_split.h5/test_split.h5",
        "medmnist": found.data / "medmnist.npz",
    }
    ways = [("--split", "test")] + ([("--input", inputs[form])] if form in inputs else [])
    for number, way in enumerate(ways):
        path = tmp_path / f"{number}.csv"
        done = cnnlab("predict", found.run, *way, "--data-dir", found.data, "-o", path)
        assert done.code == 0, done.err
        assert classes(path) == TRUTH.tolist(), way


def spoil(form: str, folder: Path, damage: str) -> None:
    """Cut a file short, take it away, or write something else in its place."""
    path = (
        folder
        / {
            "kaggle": f"Labels/Labels/{OFFICIAL}_valid_y.h5",
            "medmnist": "medmnist.npz",
            "hub": "hub/data/train-00001-of-00002.parquet",
        }[form]
    )
    content = path.read_bytes()
    if damage == "missing":
        path.rename(path.with_suffix(".old"))
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else b"<!DOCTYPE html>")


SAID = {
    ("kaggle", "cut"): "_valid_y.h5 cannot be read: it is truncated",
    ("kaggle", "missing"): "_valid_y.h5, which is missing in",
    ("kaggle", "page"): "_valid_y.h5 cannot be read: it is a web page",
    ("medmnist", "cut"): "medmnist.npz cannot be read: ",
    ("medmnist", "missing"): "medmnist.npz cannot be read: there is no such file",
    ("medmnist", "page"): "medmnist.npz cannot be read: it is a web page",
    ("hub", "cut"): "train-00001-of-00002.parquet cannot be read as a Parquet file: ",
    ("hub", "missing"): "lacks 1 file of the train part, beside train-00000-of-00002.parquet: 00001",
    ("hub", "page"): "train-00001-of-00002.parquet cannot be read: it is a web page",
}


@pytest.mark.parametrize(("form", "damage"), SAID)
def test_damage_is_a_sentence_that_names_the_file(tmp_path, form, damage):
    data = yaml.safe_load(f"{{{FORMS[form](tmp_path)}}}")
    entry = dataset.get(data.pop("dataset"))
    parameters = entry.parameters.model_validate(data, context={"directory": tmp_path})
    assert len(entry(DataPlaces(tmp_path), parameters=parameters).train) == COUNTS["train"]
    spoil(form, tmp_path, damage)
    with pytest.raises(DataError) as caught:
        entry(DataPlaces(tmp_path), parameters=parameters)
    assert SAID[form, damage] in str(caught.value) and "data fetch" not in str(caught.value)
