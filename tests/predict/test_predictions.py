"""``cnnlab predict`` end to end: what stands in the CSV file is what the saved networks say."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml
from PIL import Image

from cnnlab.errors import CnnlabError
from cnnlab.predict import predictions
from cnnlab.predict.predictions import Predicted, PredictionRequest, predict
from tests.datasets.pcam_files import OFFICIAL, images, write_h5
from tests.predict.conftest import LabRun

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of a process can be set only once, and other tests have set them."""
    monkeypatch.setattr(predictions, "prepare_framework", lambda: None)


def cells(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def rows(path: Path) -> tuple[list[str], np.ndarray]:
    """Header, and the rest as numbers (rows, columns)."""
    header, *rest = cells(path)
    return header, np.array(rest, float)


@pytest.fixture(scope="module")
def by_hand(lab_run: LabRun) -> np.ndarray:
    """What the two networks say of the test images, by plain Keras, for each of eight views: (2, 8, n, 2)."""
    from cnnlab.training.framework import import_keras

    keras = import_keras()
    with h5py.File(lab_run.data / "test_x.h5") as file:
        x = file["x"][:].astype("float32")
    turned = [np.rot90(x, n, axes=(1, 2)) for n in range(4)]
    views = [*turned, *(view[:, :, ::-1] for view in turned)]
    said = []
    for k in (0, 1):
        model = keras.saving.load_model(lab_run.path / f"repeats/{k}/model.keras", compile=False)
        said.append([model.predict(np.ascontiguousarray(view), verbose=0) for view in views])
    return np.array(said)


FLIPS = [0, 4, 6]  # identity, mirrored, upside down (the mirror image of a half turn)
VIEWS = {"none": [0], "flips": FLIPS, "d4": list(range(8))}


def test_the_command_writes_the_mean_of_all_repeats_over_the_configs_views(
    lab_run, by_hand, tmp_path, cnnlab
):
    output = tmp_path / "submission.csv"
    arguments = ("predict", lab_run.path, "--input", lab_run.data / "test_x.h5", "--output", output)
    done = cnnlab(*arguments, "--probabilities", "--json")
    assert done.code == 0, done.err
    header, table = rows(output)
    assert header == ["id", "class", "p_normal", "p_tumour"]
    expected = by_hand[:, FLIPS].mean(axis=(0, 1))
    np.testing.assert_allclose(table[:, 2:], expected, atol=1e-6)
    assert table[:, 0].tolist() == list(range(10))
    assert table[:, 1].tolist() == expected.argmax(axis=1).tolist()
    assert done.json["tta"] == "flips"
    (file,) = done.json["files"]
    assert file["repeats"] == [0, 1] and file["rows"] == 10 and sum(file["counts"].values()) == 10
    assert "10 rows, mean of repeats 0, 1, views: flips: " in done.out
    assert re.search(
        r": class 0: \d, class 1: \d \(0 is 'normal'; 1 is 'tumour', the positive class\)", done.out
    )
    assert done.json["positive_class"] == "tumour"
    again = cnnlab(*arguments)
    assert again.code == 2 and "is there already" in again.err
    assert rows(output)[0] == header


def run_predict(lab_run: LabRun, output: Path, **changes: Any) -> Predicted:
    given = {"inputs": [lab_run.data / "test_x.h5"], "with_probabilities": True, "force": True, **changes}
    return predict(PredictionRequest(lab_run.path, output, **given))


@pytest.mark.parametrize("tta", VIEWS)
def test_one_file_for_each_repeat(lab_run, by_hand, tmp_path, tta):
    outcome = run_predict(lab_run, tmp_path / "s.csv", repeat="all", tta=tta)
    assert [file.path.name for file in outcome.files] == ["s-repeat0.csv", "s-repeat1.csv"]
    for k, file in enumerate(outcome.files):
        expected = by_hand[k, VIEWS[tta]].mean(axis=0)
        np.testing.assert_allclose(rows(file.path)[1][:, 2:], expected, atol=1e-6)
        assert file.repeats == (k,)


def test_one_repeat(lab_run, by_hand, tmp_path):
    run_predict(lab_run, tmp_path / "s.csv", repeat="1", tta="none", with_probabilities=False)
    header, table = rows(tmp_path / "s.csv")
    assert header == ["id", "class"]
    assert table[:, 1].tolist() == by_hand[1, 0].argmax(axis=1).tolist()


@pytest.mark.parametrize("batch_size", [1, 7])
def test_batches_of_any_size_give_the_same_probabilities(lab_run, tmp_path, batch_size):
    for size in (256, batch_size):
        run_predict(lab_run, tmp_path / f"{size}.csv", batch_size=size)
    large, small = (rows(tmp_path / f"{size}.csv")[1] for size in (256, batch_size))
    np.testing.assert_allclose(small, large, atol=1e-6)


def test_every_form_of_the_same_images_gives_the_same_rows(lab_run, tmp_path):
    with h5py.File(lab_run.data / "test_x.h5") as file:
        x = file["x"][:]
    write_h5(tmp_path / f"{OFFICIAL}_test_x.h5", {"chunks": (3, 32, 32, 3), "compression": "gzip"}, x=x)
    np.save(tmp_path / "x.npy", x)
    np.savez(tmp_path / "x.npz", x=x)
    (tmp_path / "p").mkdir()
    for number, image in enumerate(x):
        Image.fromarray(image).save(tmp_path / f"p/{number + 5}.png")  # 5.png to 14.png
    run_predict(lab_run, tmp_path / "s.csv")
    expected = rows(tmp_path / "s.csv")[1]
    files = [tmp_path / f"p/{number + 5}.png" for number in range(10)]
    places = [[tmp_path / name] for name in (f"{OFFICIAL}_test_x.h5", "x.npy", "x.npz", "p")]
    for inputs in (*places, files):
        run_predict(lab_run, tmp_path / "t.csv", inputs=inputs)
        header, *table = cells(tmp_path / "t.csv")
        np.testing.assert_allclose(np.array(table)[:, :4].astype(float), expected, atol=1e-6)
    assert header[-1] == "file" and [row[-1] for row in table] == [file.name for file in files]


def test_submissions_as_pages_want_them(lab_run, by_hand, tmp_path, cnnlab):
    """Hex ids, the probability of the positive class, the header and the rows of a sample in an order of its own."""
    with h5py.File(lab_run.data / "test_x.h5") as file:
        x = file["x"][:]
    ids = [f"{number * 0x9E3779B1 % 2**32:08x}" for number in range(10)]
    for name, image in zip(ids, x, strict=True):
        Image.fromarray(image).save(tmp_path / f"{name}.png")
    positive = dict(zip(ids, by_hand[:, FLIPS].mean(axis=(0, 1))[:, 1], strict=True))
    files = [tmp_path / f"{name}.png" for name in ids]

    def submitted(*options: Any, code: int = 0) -> tuple[Any, list[list[str]]]:
        common = ("-o", tmp_path / "s.csv", "--force", "--input", *files)
        done = cnnlab("predict", lab_run.path, *options, *common)
        assert done.code == code and "Traceback" not in done.err, done.err
        return done, cells(tmp_path / "s.csv")

    _, (header, *table) = submitted("--format", "id,label=probability")
    assert header == ["id", "label"] and [row[0] for row in table] == ids
    np.testing.assert_allclose([float(row[1]) for row in table], [*positive.values()], atol=1e-6)
    done, (header, *table) = submitted("--format", "index,file,id,label,class,p_normal")
    assert "write label=probability" in done.err
    for number, row in enumerate(table):
        normal = positive[ids[number]] <= 0.5
        assert row[:3] == [str(number), f"{ids[number]}.png", ids[number]]
        assert row[3:5] == (["normal", "0"] if normal else ["tumour", "1"])
    sample = tmp_path / "sample.csv"
    wanted = [*ids[7:], *ids[:5][::-1]]
    sample.write_text("\n".join(["Id,Tumour", *(f"{name},0" for name in wanted)]))
    done, (header, *table) = submitted("--like", sample)
    assert header == ["Id", "Tumour"] and [row[0] for row in table] == wanted
    np.testing.assert_allclose([float(row[1]) for row in table], [positive[one] for one in wanted], atol=1e-6)
    assert "2 images are not in sample.csv, and left out: " in done.err
    assert "'Tumour' holds the probability of the positive class 'tumour'" in done.err
    _, (header, *table) = submitted("--like", sample, "--format", "id,class")
    assert [row[1] for row in table] == [str(int(positive[one] > 0.5)) for one in wanted]
    sample.write_text(f"id,label\n{ids[0]},0\n{'f' * 8},0\n")
    done, unchanged = submitted("--like", sample, code=5)
    assert "1 of the 2 ids" in done.err and "has no image: ffffffff" in done.err
    assert unchanged == [header, *table]


def test_the_hidden_test_set_comes_from_what_training_stored(lab_run, tmp_path):
    """Without the data, without Keras."""
    options = {"inputs": (), "split": "test"}
    run_predict(lab_run, tmp_path / "s.csv", **options)
    run_predict(lab_run, tmp_path / "t.csv")
    np.testing.assert_allclose(rows(tmp_path / "s.csv")[1], rows(tmp_path / "t.csv")[1], atol=1e-6)
    outcome = run_predict(lab_run, tmp_path / "s.csv", repeat="all", **options)
    assert [file.rows for file in outcome.files] == [10, 10]


@pytest.mark.parametrize("tta", [None, "random"])
def test_random_views_are_those_of_the_runs_config(lab_run, tmp_path, tta):
    import keras

    from cnnlab.augment.views import view_set
    from cnnlab.backends import active

    shutil.copytree(lab_run.path, tmp_path / "run")
    plain = yaml.safe_load((tmp_path / "run/config.yaml").read_text())
    augment = [{"random_translation": {"height_factor": 0.2, "width_factor": 0.2}}]
    plain["evaluation"] = {"tta": {"name": "random", "views": 3, "augment": augment}}
    (tmp_path / "run/config.yaml").write_text(yaml.safe_dump(plain))
    run_predict(LabRun(tmp_path / "run", lab_run.data), tmp_path / "s.csv", repeat="1", tta=tta)
    model = keras.saving.load_model(tmp_path / "run/repeats/1/model.keras", compile=False)
    entry = view_set.get("random")
    views = entry(parameters=entry.parameters.model_validate({"views": 3, "augment": tuple(augment)}))
    with h5py.File(lab_run.data / "test_x.h5") as file:
        expected = views.forward(model, active().forward)(file["x"][:])
    np.testing.assert_allclose(rows(tmp_path / "s.csv")[1][:, 2:], expected, atol=1e-6)


def test_a_limited_run_has_rows_for_its_own_images_alone_and_says_so(tiny_run, tmp_path):
    request = PredictionRequest(tiny_run, tmp_path / "s.csv", split="test")
    (note,) = predict(request).notes
    assert note.startswith("The run took at most 100 images of each split; ")
    with np.load(tiny_run / "repeats/0/predictions.npz") as arrays:
        places = arrays["index"][arrays["split"] == 2]
    assert rows(tmp_path / "s.csv")[1][:, 0].tolist() == places.tolist()
    with pytest.raises(CnnlabError, match="Each repeat drew validation images of its own"):
        predict(PredictionRequest(tiny_run, tmp_path / "t.csv", split="validation"))
    one = predict(PredictionRequest(tiny_run, tmp_path / "t.csv", split="validation", repeat="1"))
    assert one.files[0].rows == 100


def test_over_other_views_it_is_computed_from_the_runs_own_data(lab_run, by_hand, tmp_path):
    options = {"inputs": (), "split": "test", "tta": "d4", "data_dir": lab_run.data}
    run_predict(lab_run, tmp_path / "s.csv", **options)
    np.testing.assert_allclose(rows(tmp_path / "s.csv")[1][:, 2:], by_hand.mean(axis=(0, 1)), atol=1e-6)


def test_stored_predictions_that_are_damaged_are_computed_anew(lab_run, tmp_path):
    shutil.copytree(lab_run.path, tmp_path / "run")
    copy = LabRun(tmp_path / "run", lab_run.data)
    (copy.path / "repeats/1/predictions.npz").write_bytes(b"PK")
    run_predict(copy, tmp_path / "s.csv", inputs=(), split="test", data_dir=lab_run.data)
    run_predict(lab_run, tmp_path / "t.csv", inputs=(), split="test")
    np.testing.assert_allclose(rows(tmp_path / "s.csv")[1], rows(tmp_path / "t.csv")[1], atol=1e-6)


def refusal(lab_run: LabRun, tmp_path: Path, **changes: Any) -> str:
    with pytest.raises(CnnlabError) as caught:
        run_predict(lab_run, tmp_path / "s.csv", **changes)
    assert list(tmp_path.glob("*.csv")) == []
    return str(caught.value).replace(f"{lab_run.path}", "RUN")


def test_what_the_run_does_not_have_is_refused(lab_run, tmp_path):
    assert (
        refusal(lab_run, tmp_path, repeat="7")
        == "--repeat 7: RUN has no such finished repeat; finished: 0, 1."
    )
    said = "--repeat expects a repeat's number, ensemble or all, got 'first'."
    assert refusal(lab_run, tmp_path, repeat="first") == said
    said = "--tta flip: unknown view set 'flip' (did you mean 'flips'?); valid: "
    assert refusal(lab_run, tmp_path, tta="flip").startswith(said)
    said = "--tta random: augment: this key is required (a view set with parameters is named in a config)."
    assert refusal(lab_run, tmp_path, tta="random") == said
    np.save(tmp_path / "x.npy", images(3, 96))
    assert "holds images of 96x96x3, the network takes 32x32x3" in refusal(
        lab_run, tmp_path, inputs=[tmp_path / "x.npy"]
    )


def test_a_damaged_or_missing_model_is_named(lab_run, tmp_path):
    shutil.copytree(lab_run.path, tmp_path / "run")
    copy = LabRun(tmp_path / "run", lab_run.data)
    model = copy.path / "repeats/1/model.keras"
    model.write_bytes(b"PK")
    assert "repeats/1/model.keras cannot be opened as a Keras model: " in refusal(copy, tmp_path)
    shutil.copy(lab_run.path / "repeats/0/model.keras", model)
    result = copy.path / "repeats/0/result.json"
    content = json.loads(result.read_text())
    result.write_text(json.dumps({**content, "class_names": ["a", "b", "c"]}))
    assert "but result.json says (None, 32, 32, 3) to (None, 3): it is another run's model." in refusal(
        copy, tmp_path, tta="none"
    )
    model.unlink()
    assert "There is no model RUN/repeats/1/model.keras" in refusal(copy, tmp_path, repeat="1")


def test_a_model_with_a_layer_that_nobody_registers_is_named(lab_run, tmp_path):
    import keras

    class Unknown(keras.layers.Layer):
        def call(self, x):
            return x

    shutil.copytree(lab_run.path, tmp_path / "run")
    model = keras.Sequential([keras.Input((32, 32, 3)), Unknown(), keras.layers.Flatten()])
    model.save(tmp_path / "run/repeats/0/model.keras")
    said = refusal(LabRun(tmp_path / "run", lab_run.data), tmp_path)
    assert "it holds a layer of the class Unknown, which nobody registers; in an extension, define it" in said


def test_a_run_without_a_finished_repeat_is_refused(lab_run, tmp_path):
    shutil.copytree(lab_run.path, tmp_path / "run")
    for k in (0, 1):
        (tmp_path / f"run/repeats/{k}/result.json").unlink()
    said = refusal(LabRun(tmp_path / "run", lab_run.data), tmp_path)
    assert "no repeat of it is finished: there is no trained network." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--input", "a.h5"), "--output FILE is missing"),
        (("--output", "s.csv"), "Name the images with either --input or --split."),
        (("--output", "s.csv", "--input", "a.h5", "--split", "test"), "either --input or --split."),
        (("a.png", "--output", "s.csv"), "'a.png' is not expected here: put --input before the first image."),
        (("--output", "s.csv", "--input", "no.h5"), "There is no file or folder no.h5."),
    ],
)
def test_the_command_line_says_what_is_missing(lab_run, tmp_path, cnnlab, arguments, said):
    done = cnnlab("predict", lab_run.path, *arguments, cwd=tmp_path)
    assert done.code == (5 if "no.h5" in arguments else 2)
    assert said in done.err and "Traceback" not in done.err
