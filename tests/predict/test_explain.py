"""``cnnlab explain`` end to end: on digits and on two classes, and where there is nothing to explain."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnnlab.errors import CnnlabError, ConfigError, DataError, RunError
from cnnlab.predict import explain
from cnnlab.predict.explain import ExplanationRequest, explain_repeat, surest
from cnnlab.report.predictions import Predictions
from tests.datasets.pcam_files import COUNTS, images, labels, write_h5, write_lab
from tests.predict.conftest import LabRun

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of a process can be set only once, and other tests have set them."""
    monkeypatch.setattr(explain, "prepare_framework", lambda: None)


@pytest.fixture
def digits(tiny_run: Path, tmp_path: Path) -> Path:
    """A copy of a run on digits, to be written into."""
    return Path(shutil.copytree(tiny_run, tmp_path / "tiny"))


@pytest.fixture
def lab(lab_run: LabRun, tmp_path: Path) -> LabRun:
    """A copy of a run on PatchCamelyon, whose test labels are hidden."""
    return LabRun(Path(shutil.copytree(lab_run.path, tmp_path / "lab")), lab_run.data)


def explained(run: Path, **more) -> explain.Explained:
    settings = {"repeat": None, "split": None, "images": 2, "center": None, "data_dir": None}
    return explain_repeat(ExplanationRequest(run, backend="tensorflow", **settings | more), lambda text: None)


def test_digits_are_explained_and_shown_in_the_report(digits, tmp_path, cnnlab):
    done = cnnlab("explain", digits, "--images", 2, "--repeat", 1, "--json")
    assert done.code == 0, done.err
    found = done.json["explanation"]
    assert (found["repeat"], found["split"], found["hits"], found["mistakes"]) == (1, "test", 2, 2)
    assert found["center"] == {"side": 20, "holds": "the digit", "area": pytest.approx(400 / 784)}
    assert [one["method"] for one in found["methods"]] == ["HiResCAM", "occlusion"]  # it flattens
    for one in found["methods"]:
        assert 0 < one["share"] < 1 and 0 < one["random_share"] < 1 and -1 < one["correlation"] < 1
    folder = digits / "repeats/1"
    assert json.loads((folder / "explanation.json").read_text()) == found
    arrays, stored = np.load(folder / "explanation.npz"), np.load(folder / "predictions.npz")
    test = stored["split"] == 2
    rows = [list(stored["index"][test]).index(index) for index in arrays["index"]]
    np.testing.assert_array_equal(arrays["label"], stored["label"][test][rows])
    assert ((arrays["label"] == arrays["predicted"]) == [True, True, False, False]).all()
    p = stored["probabilities"][test]
    np.testing.assert_array_equal(arrays["probability"], p[rows].max(axis=1))
    hits = p.argmax(axis=1) == stored["label"][test]
    assert arrays["probability"][0] == p[hits].max() and arrays["probability"][2] == p[~hits].max()
    assert arrays["images"].shape == (4, 28, 28, 1) and arrays["images"].max() > 200
    assert "HiResCAM (2 surest hits and 2 surest mistakes of the test images):" in " ".join(done.out.split())
    shown = cnnlab("report", digits, "--output", tmp_path / "report", "-q")
    assert shown.code == 0, shown.err
    assert (tmp_path / "report/figures/explanation_1.png").is_file()
    assert "HiResCAM (repeat 1, 2 surest hits" in (tmp_path / "report/report.html").read_text()


def test_two_classes_are_balanced_and_hidden_labels_left_out(lab):
    found = explained(lab.path, images=4, data_dir=lab.data, center=16)
    record = found.explanation
    assert record.split == "validation" and record.repeat == 0
    assert record.notes == (
        "The images were chosen by mean probabilities over views (flips); the maps are of one view.",
    )
    assert (record.center.side, record.center.area) == (16, 0.25)
    arrays = np.load(lab.path / "repeats/0/explanation.npz")
    for part in (slice(0, record.hits), slice(record.hits, None)):
        assert set(arrays["label"][part]) <= {0, 1}
    assert explained(lab.path, data_dir=lab.data).explanation.center is None  # 32x32: the whole image


def test_the_surest_of_two_classes():
    """As many of each class as there are; of one class alone as many as wanted."""
    p = np.array([0.9, 0.99, 0.8, 0.7, 0.6, 0.95])
    label = np.array([1, 1, 1, 1, 1, 0])
    predicted_one = np.stack([1 - p, p], axis=1)
    found = Predictions("test", np.arange(6), label, predicted_one)
    assert surest(found, 2, hits=True) == [1, 0]
    assert surest(found, 9, hits=False) == [5]
    label = np.array([1, 1, 1, 1, 0, 0])
    p = np.where(label == 1, p, 1 - p)
    found = Predictions("test", np.arange(6), label, np.stack([1 - p, p], axis=1))
    assert surest(found, 2, hits=True) == [1, 5]
    assert surest(found, 4, hits=True) == [1, 5, 0, 4]
    assert surest(found, 5, hits=True) == [1, 5, 0, 2, 4]


def test_a_layer_without_a_twin_leaves_occlusion_alone(digits, monkeypatch):
    def refuse(model):
        raise CnnlabError("The layer 'x' of class X has no twin in NumPy.")

    monkeypatch.setattr(explain, "from_keras", refuse)
    record = explained(digits).explanation
    assert [(one.method, one.random_share, one.correlation) for one in record.methods] == [
        ("occlusion", None, None)
    ]
    assert 0 < record.methods[0].share < 1
    assert record.notes == (
        "There are occlusion maps alone, without those of a random network: The layer 'x' of class X has no twin in "
        "NumPy.",
    )


def test_what_cannot_be_explained_is_a_sentence(lab, digits, tmp_path):
    other = write_lab(tmp_path / "other")
    write_h5(other / "train.h5", x=images(COUNTS["train"], 32, 9), y=labels(COUNTS["train"]))
    with pytest.raises(RunError, match="holds no predictions on labelled test images"):
        explained(lab.path, split="test", data_dir=lab.data)
    with pytest.raises(DataError, match="not those that the run was trained on"):
        explained(lab.path, data_dir=other)
    with pytest.raises(RunError, match=r"--repeat 7: .* has no such finished repeat; finished: 0"):
        explained(digits, repeat=7)
    with pytest.raises(
        ConfigError, match="--center expects fewer pixels than a side of the image, 28, got 28"
    ):
        explained(digits, center=28)
    (digits / "repeats/0/predictions.npz").unlink()
    with pytest.raises(RunError, match="labelled test or validation images"):
        explained(digits)
    (digits / "repeats/1/explanation.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="is a link; remove it first"):
        explained(digits, repeat=1)
    assert not (tmp_path / "elsewhere").exists()
