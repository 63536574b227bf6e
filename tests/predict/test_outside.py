"""``cnnlab evaluate RUN --data SOURCE``: the same figures from every form of the same labelled images."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnlab.errors import CnnlabError, DataError, RunError
from cnnlab.predict import evaluation
from cnnlab.predict.evaluation import evaluate_run
from cnnlab.predict.networks import TrainedRun, trained_run
from cnnlab.predict.outside import OutsideData, outside_data
from tests.datasets.pcam_files import images, write_h5, write_lab
from tests.predict.conftest import LabRun

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]

X = images(9, 32, seed=7)
Y = np.array([0, 1, 1, 0, 1, 1, 1, 0, 1])
NAMES = np.array(["normal", "tumour"])


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of a process can be set only once, and other tests have set them."""
    monkeypatch.setattr(evaluation, "prepare_framework", lambda: None)


@pytest.fixture(scope="module")
def trained(lab_run: LabRun) -> TrainedRun:
    return trained_run(lab_run.path)


def write_folders(root: Path, x: np.ndarray = X, y: Any = NAMES[Y]) -> Path:
    for number, (image, label) in enumerate(zip(x, y, strict=True)):
        path = root / label / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return root


def test_every_form_of_the_same_images_gives_the_same_figures(lab_run, tmp_path, cnnlab):
    forms = {
        "folder": write_folders(tmp_path / "D"),
        "text.npz": tmp_path / "text.npz",
        "number.npz": tmp_path / "number.npz",
        "h5": write_h5(tmp_path / "x.h5", x=X, y=Y),
    }
    np.savez(tmp_path / "text.npz", x=X, y=NAMES[Y])
    np.savez(tmp_path / "number.npz", x=X, y=Y)
    found = {name: evaluate_run(lab_run.path, outside=path) for name, path in forms.items()}
    for name, one in found.items():
        assert (one.images, one.split, one.noun) == (9, "all", "labelled image")
        figures = [measured.figures for measured in (*one.repeats, one.ensemble)]
        for mine, other in zip(figures, [*found["h5"].repeats, found["h5"].ensemble], strict=True):
            assert mine == pytest.approx(other.figures, abs=1e-5), name
        assert "accuracy_at_threshold" in figures[0] and one.notes[0].startswith(
            "These are not the run's own"
        )
    by_number = "The labels are taken for the numbers of the run's classes: 0 is 'normal', 1 is 'tumour'."
    assert [by_number in found[name].notes for name in forms] == [False, False, True, True]
    predicted = cnnlab(
        *("predict", lab_run.path, "--input", tmp_path / "x.h5", "-o", tmp_path / "s.csv", "--repeat", "1")
    )
    assert predicted.code == 0
    classes = np.loadtxt(tmp_path / "s.csv", delimiter=",", skiprows=1)[:, 1]
    assert found["folder"].repeats[1].figures["accuracy"] == np.mean(classes == Y)


def test_the_command_says_what_was_measured(lab_run, tmp_path, cnnlab):
    write_folders(tmp_path / "D/train", X[:5], NAMES[Y[:5]])
    write_folders(tmp_path / "D/test", X[5:], NAMES[Y[5:]])
    done = cnnlab("evaluate", lab_run.path, "--data", tmp_path / "D", "--repeat", "0", "--json")
    assert done.code == 0, done.err
    assert "lab: 4 labelled test images of " in done.out and "These are not the run's own images." in done.out
    assert (done.json["split"], done.json["images"]) == ("test", 4)
    assert done.json["data"]["outside"] == str(tmp_path / "D") and done.json["data"]["same"] is False
    both = cnnlab("evaluate", lab_run.path, "--data", tmp_path / "D", "--data-dir", tmp_path)
    assert both.code == 2 and "--data-dir where its own lie" in both.err


def sizes(found: OutsideData) -> list[int]:
    return [len(part) for part in found.images]


def test_the_part_that_counts(trained, tmp_path):
    everything = write_lab(tmp_path / "all", test_labels=True)
    assert sizes(outside_data(trained, everything, None)) == [10]
    assert sizes(outside_data(trained, everything, "train")) == [40]
    hidden = write_lab(tmp_path / "hidden")
    found = outside_data(trained, hidden, None)
    assert (sizes(found), found.split) == ([40, 12], "all")
    for split, path, said in (
        ("test", hidden, "are hidden"),
        ("validation", write_folders(tmp_path / "D"), "it has train"),
    ):
        with pytest.raises(RunError, match=said):
            outside_data(trained, path, split)


def test_classes_go_by_their_names(trained, tmp_path):
    np.savez(tmp_path / "a.npz", x=X, y=Y, class_names=np.array(["tumour", "normal"]))
    (part,) = outside_data(trained, tmp_path / "a.npz", None).images
    assert part.labels.tolist() == (1 - Y).tolist()
    np.savez(tmp_path / "a.npz", x=X, y=np.array(["normal", "Tumour"])[Y])
    with pytest.raises(
        DataError, match=r"6 images of a class 'Tumour' that the run does not know \(did you mean 'tumour"
    ):
        outside_data(trained, tmp_path / "a.npz", None)
    np.savez(tmp_path / "a.npz", x=X, y=np.arange(9) % 3)
    with pytest.raises(
        DataError, match="3 images of a class '0' that the run does not know; its classes are normal"
    ):
        outside_data(trained, tmp_path / "a.npz", None)


def test_a_class_without_images_leaves_figures_undefined_with_a_note(lab_run, tmp_path):
    np.savez(tmp_path / "a.npz", x=X, y=np.ones(9, int), class_names=NAMES)
    found = evaluate_run(lab_run.path, outside=tmp_path / "a.npz", which="0")
    assert np.isnan(found.repeats[0].figures["auc"])
    assert any(note.startswith("None of the images is of the class 'normal'") for note in found.notes)


def test_images_that_the_network_does_not_take(trained, tmp_path):
    np.savez(tmp_path / "a.npz", x=images(4, 48), y=NAMES[[0, 1, 0, 1]])
    with pytest.raises(CnnlabError, match="holds images of 48x48x3, the network takes 32x32x3"):
        outside_data(trained, tmp_path / "a.npz", None)


def test_the_runs_own_data_are_known_again(trained, lab_run):
    (note, *_) = outside_data(trained, lab_run.data, "validation").notes
    assert "is where the run's own data lie, so that these may be images that it was trained on" in note
