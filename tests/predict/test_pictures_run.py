"""A person's own image files, trained on and predicted: one order, one name for each image."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]

CONFIG = """\
name: pictures
data: {dataset: folder, path: D, validation_fraction: 0.25}
model: [flatten, classifier]
training: {epochs: 1, threads: 1}
"""


def shade(label: int, number: int) -> int:
    return 20 * label + number


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, cnnlab) -> Path:
    """Twelve classes 0 to 11 of twelve images, twelve hidden test images; trained on in PLACE/run."""
    place = tmp_path_factory.mktemp("pictures")
    for number in range(12):
        for label in range(12):
            save(place / f"D/train/{label}/{number}.png", shade(label, number))
        save(place / f"D/test/{number}.png", shade(number, 0))
    (place / "it.yaml").write_text(CONFIG)
    done = cnnlab("train", "-c", place / "it.yaml", "--runs-dir", place / "runs", "--json", "-q")
    assert done.code == 0, done.err
    Path(done.json["run"]).rename(place / "run")
    return place


def save(path: Path, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), value).save(path)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def probabilities(rows: list[dict[str, str]]) -> np.ndarray:
    return np.array([[float(row[f"p_{label}"]) for label in range(12)] for row in rows])


def test_the_hidden_test_images_have_one_order_and_one_name_however_they_are_asked_for(
    place, tmp_path, cnnlab
):
    ways = {
        "stored": ["--split", "test"],
        "anew": ["--split", "test", "--tta", "flips"],  # solid squares: every view is the same
        "folder": ["--input", place / "D/test"],
    }
    found = {}
    for name, arguments in ways.items():
        path = tmp_path / f"{name}.csv"
        done = cnnlab("predict", place / "run", *arguments, "-o", path, "--probabilities")
        assert done.code == 0, done.err
        found[name] = table(path)
        assert [Path(row["file"]).name for row in found[name]] == [f"{number}.png" for number in range(12)]
        assert [row["id"] for row in found[name]] == [str(number) for number in range(12)]
        np.testing.assert_allclose(
            probabilities(found[name]), probabilities(found["stored"]), atol=1e-6, err_msg=name
        )
    assert len(np.unique(probabilities(found["folder"])[:, 0])) == 12  # no two images are predicted alike


def test_files_are_named_without_probabilities_too(place, tmp_path, cnnlab):
    for number, arguments in enumerate(
        (["--split", "test"], ["--split", "validation"], ["--input", place / "D/test"])
    ):
        cnnlab("predict", place / "run", *arguments, "-o", tmp_path / f"{number}.csv")
        assert [*table(tmp_path / f"{number}.csv")[0]] == ["id", "class", "file"]


def test_the_runs_own_images_are_called_by_their_files_too(place, tmp_path, cnnlab):
    """Of what training has stored, and asked anew; there are more than two classes."""
    sample = tmp_path / "sample.csv"
    sample.write_text("file,label\n" + "".join(f"{number}.png,0\n" for number in (10, 2, 7)))
    for number, views in enumerate(([], ["--tta", "flips"])):
        path = tmp_path / f"{number}.csv"
        arguments = ("predict", place / "run", "--split", "test", *views, "-o", path)
        done = cnnlab(*arguments, "--like", sample)
        assert done.code == 0 and "whose ids are file names." in done.err, done.err
        assert [row["file"] for row in table(path)] == ["10.png", "2.png", "7.png"]
        assert cnnlab(*arguments, "--force", "--format", "id,file,p_11").code == 0
        assert [*table(path)[10].values()][:2] == ["10", "test/10.png"]
    done = cnnlab(*arguments, "--force", "--format", "id,probability")
    assert done.code == 2 and "these are 12 classes: take p_0, p_1, p_2 and 9 more." in done.err


def test_twelve_classes_have_no_positive_one(place, cnnlab):
    done = cnnlab("evaluate", place / "run", "--split", "validation", "--json")
    assert done.json["positive_class"] is None and "positive  " not in done.out
    assert json.loads((place / "run/repeats/0/result.json").read_text())["positive_class"] is None


def test_predictions_npz_names_each_image_beside_its_true_class(place):
    stored = np.load(place / "run/repeats/0/predictions.npz")
    for split, index, label, name in zip(
        stored["split"], stored["index"], stored["label"], stored["names"], strict=True
    ):
        if split == 2:
            assert (label, name) == (-1, f"test/{index}.png")
        else:
            assert name == f"train/{label}/{index % 12}.png" and index // 12 == label


def test_predictions_without_names_are_still_written(place, tmp_path, cnnlab):
    shutil.copytree(place / "run", tmp_path / "run")
    path = tmp_path / "run/repeats/0/predictions.npz"
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files}
    for names in ({}, {"names": arrays["names"][:3]}, {"names": np.arange(len(arrays["names"]))}):
        np.savez(path, **{**arrays, "names": np.zeros(0), **names})
        done = cnnlab("predict", tmp_path / "run", "--split", "test", "-o", tmp_path / "a.csv", "--force")
        assert done.code == 0 and [*table(tmp_path / "a.csv")[0]] == ["id", "class"]
