"""People's own folders, each as it lies: read, trained on to the end and predicted; the CSV says what is true."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from cnnlab.datasets.folders.listing import natural_order

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]

CONFIG = """\
name: own
data: {dataset: folder, path: kaggle, validation_fraction: 0.25}
model: [flatten, classifier]
training: {epochs: 12, batch_size: 4, threads: 1, optimizer: {name: adam, learning_rate: 0.05}}
sweep: {grid: {data.path: [kaggle, parts, patients, columns]}}
"""
DARK, BRIGHT = 30, 220
NUMBERS = range(12)


def save(path: Path, label: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (BRIGHT if label else DARK,) * 3).save(path)
    return path.name


def kaggle(root: Path) -> dict[str, int]:
    """Histopathologic Cancer Detection: ids, one table, hidden test labels, a sample submission of zeros."""
    rows = [f"{Path(save(root / f'train/{7919 * n:06x}.tif', n % 2)).stem},{n % 2}" for n in NUMBERS]
    (root / "train_labels.csv").write_text("\n".join(["id,label", *reversed(rows)]))
    truth = {save(root / f"test/{104729 * n:06x}.tif", n % 3 == 0): int(n % 3 == 0) for n in range(5)}
    (root / "sample_submission.csv").write_text(
        "id,label\n" + "".join(f"{Path(name).stem},0\n" for name in truth)
    )
    return {f"test/{name}": label for name, label in truth.items()}


def parts(root: Path) -> dict[str, int]:
    """Training and Testing in capitals, wrapped, of mixed kinds of files."""
    suffixes = ("bmp", "TIFF", "webp", "PNG")
    for n in NUMBERS:
        save(root / f"all/TRAINING/{('black', 'white')[n % 2]}/{n}.{suffixes[n % 4]}", n % 2)
    names = [f"all/Testing/{('black', 'white')[n % 2]}/im {n}.bmp" for n in range(9, 13)]
    return {name: save(root / name, int("white" in name)) and int("white" in name) for name in names}


def patients(root: Path) -> dict[str, int]:
    """Patients above the classes, and no test part: the last patients are it."""
    for n in NUMBERS:
        save(root / f"{8000 + n // 2}/{n % 2}/{n}.png", n % 2)
    return {f"8005/{n % 2}/{n}.png": n % 2 for n in (10, 11)}


def columns(root: Path) -> dict[str, int]:
    """One table with semicolons, paths of another machine, True and False, parts and groups."""
    rows = ["path;is_bright;split;patient"]
    for n in range(16):
        split = ("train", "Test")[n >= 12]
        save(root / f"images/{n}.tif", n % 2)
        rows.append(f"/home/me/images/{n}.tif;{bool(n % 2)};{split};p{n}")
    (root / "meta.csv").write_text("\n".join(rows), encoding="utf-8-sig")
    return {f"images/{n}.tif": n % 2 for n in range(12, 16)}


LAYOUTS = {function.__name__: function for function in (kaggle, parts, patients, columns)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, cnnlab) -> dict[str, tuple[Path, dict[str, int]]]:
    """The run of each layout, trained with one command, and the truth about its test images."""
    place = tmp_path_factory.mktemp("own")
    truth = {name: write(place / name) for name, write in LAYOUTS.items()}
    (place / "it.yaml").write_text(CONFIG)
    options = (
        "--smoke",
        "--set",
        "training.epochs=12",
        "--set",
        "repeats=1",
        "--runs-dir",
        place / "runs",
        "-q",
    )
    done = cnnlab("train", "-c", place / "it.yaml", *options)
    assert done.code == 0, done.err
    runs = {}
    for path in place.glob("runs/**/environment.json"):
        data = json.loads(path.read_text()).get("data")
        if data is not None:  # that of the sweep has none
            runs[Path(data["source"]).name] = path.parent
    return {name: (runs[name], truth[name]) for name in LAYOUTS}


@pytest.mark.parametrize("name", LAYOUTS)
def test_predictions_are_the_truth_in_the_order_of_the_names(name, trained, tmp_path, cnnlab):
    run, truth = trained[name]
    done = cnnlab("predict", run, "--split", "test", "--repeat", "0", "-o", tmp_path / "p.csv")
    assert done.code == 0, done.err
    with (tmp_path / "p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"]: int(row["class"]) for row in rows} == truth
    assert [row["file"] for row in rows] == sorted(truth, key=natural_order)
