"""``cnnlab evaluate`` end to end: a run measured once more gives what training wrote, and more."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.errors import CnnlabError
from cnnlab.metrics import cross_entropy, roc_auc, youden_threshold
from cnnlab.predict import evaluation
from cnnlab.predict.evaluation import evaluate_run
from cnnlab.predict.export import evaluation_to_json
from tests.datasets.pcam_files import write_lab
from tests.predict.conftest import LabRun

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of a process can be set only once, and other tests have set them."""
    monkeypatch.setattr(evaluation, "prepare_framework", lambda: None)


def written(run: Path, k: int) -> Any:
    return json.loads((run / f"repeats/{k}/result.json").read_text())


def validation(run: Path) -> tuple[np.ndarray, np.ndarray]:
    """The labels, and the stored probabilities of both repeats: (n,), (2, n, classes)."""
    each = [np.load(run / f"repeats/{k}/predictions.npz") for k in (0, 1)]
    chosen = [arrays["split"] == 1 for arrays in each]
    said = [arrays["probabilities"][rows] for arrays, rows in zip(each, chosen, strict=True)]
    return each[0]["label"][chosen[0]], np.array(said)


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_measures_what_training_measured_and_the_ensemble(lab_run, tmp_path, cnnlab):
    before = content_of(lab_run.path)
    arguments = ("evaluate", lab_run.path, "--split", "validation", "--data-dir", lab_run.data)
    done = cnnlab(*arguments, "--json", "--output", tmp_path / "e.json")
    assert done.code == 0, done.err
    for k, repeat in enumerate(done.json["repeats"]):
        assert repeat["repeat"] == k
        assert repeat["metrics"] == pytest.approx(written(lab_run.path, k)["metrics"]["validation"], abs=1e-5)
        assert repeat["threshold"] == written(lab_run.path, k)["threshold"]
    values = [repeat["metrics"]["accuracy"] for repeat in done.json["repeats"]]
    summary = done.json["summary"]["accuracy"]
    assert (summary["n"], summary["mean"]) == (2, pytest.approx(np.mean(values)))
    assert summary["sd"] == pytest.approx(np.std(values, ddof=1))
    labels, said = validation(lab_run.path)
    together = said.mean(axis=0)
    ensemble = done.json["ensemble"]
    assert ensemble["repeats"] == [0, 1] and "loss" not in ensemble["metrics"]
    assert ensemble["metrics"]["accuracy"] == np.mean(together.argmax(axis=1) == labels)
    assert ensemble["metrics"]["auc"] == pytest.approx(roc_auc(labels, together))
    assert ensemble["metrics"]["cross_entropy"] == pytest.approx(cross_entropy(labels, together), abs=1e-5)
    assert ensemble["threshold"]["value"] == pytest.approx(youden_threshold(labels, together), abs=1e-6)
    assert done.json["data"]["same"] is True
    assert json.loads((tmp_path / "e.json").read_text()) == done.json
    assert content_of(lab_run.path) == before
    assert "lab: 12 validation images of PatchCamelyon (lab), the mean of 3 views (flips)" in done.out
    assert done.json["positive_class"] == "tumour" == written(lab_run.path, 0)["positive_class"]
    assert "positive    'tumour' (class 1): sensitivity is the share of it" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines()[:-1])
    again = cnnlab(*arguments, "--output", tmp_path / "e.json")
    assert again.code == 2 and "is there already" in again.err


def test_other_views_than_the_runs_own(lab_run):
    found = evaluate_run(lab_run.path, "validation", tta="none", data_dir=lab_run.data)
    assert (found.tta, found.views) == ("none", 1)
    accuracies = [one.figures["cross_entropy"] for one in found.repeats]
    recorded = [written(lab_run.path, k)["metrics"]["validation"]["cross_entropy"] for k in (0, 1)]
    assert np.abs(np.subtract(accuracies, recorded)).min() > 1e-4
    assert any("validation chose with the views 'flips'" in note for note in found.notes)


def test_one_repeat_or_the_ensemble_alone(lab_run):
    one = evaluate_run(lab_run.path, "validation", which="1", data_dir=lab_run.data)
    assert [measured.repeats for measured in one.repeats] == [(1,)] and one.ensemble is None
    alone = evaluate_run(lab_run.path, "validation", which="ensemble", data_dir=lab_run.data)
    assert alone.repeats == () and alone.ensemble is not None
    assert evaluation_to_json(alone)["summary"] == {}


def test_a_drawn_training_part_is_found_again_and_has_no_ensemble(lab_run):
    found = evaluate_run(lab_run.path, "train", data_dir=lab_run.data)
    for k, one in enumerate(found.repeats):
        recorded = written(lab_run.path, k)["metrics"]["train"]
        assert one.figures == pytest.approx(recorded, abs=1e-5)
    assert found.ensemble is None and any("each repeat drew its own" in note for note in found.notes)
    assert "There is no ensemble on training images" in refusal(lab_run, "train", which="ensemble")


def refusal(lab_run: LabRun, split: str, **options: Any) -> str:
    with pytest.raises(CnnlabError) as caught:
        evaluate_run(lab_run.path, split, **{"data_dir": lab_run.data, **options})
    return str(caught.value)


def test_hidden_labels_cannot_be_measured(lab_run):
    said = refusal(lab_run, "test")
    assert said.startswith("The labels of the test images are hidden: take --split validation, or write ")


def test_labels_that_have_come_to_light_can_be_measured_with_a_note(lab_run, tmp_path):
    write_lab(tmp_path, test_labels=True)
    found = evaluate_run(lab_run.path, "test", data_dir=tmp_path)
    assert found.images == 10 and "accuracy_at_threshold" in found.repeats[0].figures
    assert found.notes[0].startswith("The data are not those that the run was trained on: their SHA-256 is ")
    assert evaluation_to_json(found)["data"]["same"] is False


def test_images_drawn_from_other_data_are_refused(lab_run, tmp_path):
    write_lab(tmp_path, test_labels=True)
    said = refusal(lab_run, "train", data_dir=tmp_path)
    assert "were drawn from them and cannot be found again" in said


def test_many_classes_and_drawn_validation_images(tiny_run, cnnlab):
    found = evaluate_run(tiny_run, "validation")
    for k, one in enumerate(found.repeats):
        assert one.figures == pytest.approx(written(tiny_run, k)["metrics"]["validation"], abs=1e-5)
    assert found.ensemble is None and found.repeats[0].threshold is None
    together = evaluate_run(tiny_run, "test").ensemble
    assert together is not None and set(together.figures) == {"cross_entropy", "accuracy"}


OWN = """\
from keras import layers, saving

from cnnlab.blocks import block


@saving.register_keras_serializable("own")
class Halve(layers.Layer):
    def call(self, x):
        return x / 2


@block
def halve(x, *, name: str):
    \"\"\"Halve the input.\"\"\"
    return Halve(name=name)(x)
"""


@pytest.mark.usefixtures("own_entries")
def test_a_runs_own_block_is_run_from_its_copy(tmp_path, cnnlab):
    """The run folder alone, moved elsewhere, with the original extension gone."""
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "c.yaml").write_text(
        "name: own\nextensions: [own.py]\n"
        "data: {dataset: pcam_synthetic, size: 32, train_images: 20, validation_images: 10, test_images: 10}\n"
        "model: [halve, {conv_block: {convs: 1, filters: 2}}, flatten, classifier]\n"
        "training: {epochs: 1, batch_size: 10, threads: 1}\n"
    )
    done = cnnlab("train", "-c", tmp_path / "c.yaml", "--runs-dir", tmp_path / "runs", "--json", "-q")
    assert done.code == 0, done.err
    moved = tmp_path / "elsewhere"
    shutil.move(done.json["run"], moved)
    (tmp_path / "own.py").unlink()
    found = evaluate_run(moved, "test")
    assert found.repeats[0].figures == pytest.approx(written(moved, 0)["metrics"]["test"], abs=1e-5)
