"""``import cnnlab``: instant, typed, and the same as the command line."""

import io
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnlab
from cnnlab.config.load import Options, OptionSettings
from cnnlab.experiments.launch import Launch, LaunchSettings
from cnnlab.runs.summary_files import write_summary
from tests.fake_runs import make_run
from tests.test_imports import modules_after
from tests.warm import start_python


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs directory with two runs, which is the default one for the test."""
    directory = tmp_path / "runs"
    write_summary(make_run(directory, name="lab2025", epochs=4, now=datetime(2026, 11, 1)).path)
    make_run(directory, name="baseline", accuracies=(0.8,), failed=["too large"], now=datetime(2026, 11, 2))
    monkeypatch.setenv("CNNLAB_RUNS", str(directory))
    return directory


def test_importing_it_is_instant(tmp_path: Path) -> None:
    """Nothing but the standard library, until something is used; and the readers need no framework."""
    heavy = {"keras", "tensorflow", "numpy", "scipy", "pydantic", "yaml", "typer", "rich", "matplotlib"}
    assert not modules_after("import cnnlab", tmp_path) & heavy
    used = modules_after("import cnnlab; cnnlab.load_runs(runs_dir='.')", tmp_path)
    assert not used & {"keras", "tensorflow", "scipy", "matplotlib", "pandas"}


def test_every_public_name_is_there_and_no_other() -> None:
    """Also for completion."""
    functions = {
        "train",
        "resume",
        "sweep",
        "estimate",
        "compare",
        "verify",
        "judge",
        "evaluate",
        "explain",
        "predict",
        "report",
    }
    assert functions | {"load_run", "load_runs", "Run"} <= set(dir(cnnlab))
    for name in cnnlab.__all__:
        assert getattr(cnnlab, name).__doc__, name
    with pytest.raises(AttributeError, match="module 'cnnlab' has no attribute 'trian'"):
        cnnlab.trian  # noqa: B018


def test_a_run_as_plain_data(runs: Path) -> None:
    """Config, results, curves, predictions, summary."""
    run = cnnlab.load_run("lab2025")
    assert run.config["training"]["epochs"] == 4
    assert run.repeats[2].metrics("test")["accuracy"] == 0.94
    assert len(run.repeats[0].history["val_accuracy"]) == 4
    predictions = run.repeats[0].predictions
    assert predictions["probabilities"].shape == (120, 10)
    assert set(np.unique(predictions["split"])) == {0, 1, 2}
    assert run.summary["metrics"]["test"]["accuracy"]["mean"] == pytest.approx(0.93)
    assert repr(run) == f"<Run lab2025: done, 3 of 3 repeats, {run.path}>"
    assert cnnlab.load_run().name == "baseline"
    assert cnnlab.load_run(run.path).name == "lab2025"


def test_numpy_values_tuples_and_paths_are_what_they_stand_for(tmp_path: Path) -> None:
    """In a config and in arguments; the resolved config is that of plain values."""
    plain = {
        "name": "x",
        "seed": 3,
        "data": {"dataset": "mnist10k", "scale": [0.0, 1.0]},
        "model": ["flatten", {"dense_block": {"units": 4, "dropout": 0.5}}, "classifier"],
        "training": {"epochs": 1, "class_weights": {"0": 2.0}, "deterministic": True},
    }
    numpy = {
        "name": np.str_("x"),
        "seed": np.int64(3),
        "data": {"dataset": np.str_("mnist10k"), "scale": np.array([0.0, 1.0])},
        "model": (
            "flatten",
            {"dense_block": {"units": np.uint8(4), "dropout": np.float32(0.5)}},
            "classifier",
        ),
        "training": {
            "epochs": np.int64(1),
            "class_weights": {np.int64(0): np.float64(2)},
            "deterministic": np.bool_(True),
        },
    }
    first, second = (cnnlab.api.experiment(config).config for config in (plain, numpy))
    assert first == second
    changed = cnnlab.api.experiment(
        plain, repeats=np.int64(2), seed=np.int32(5), overrides="training.epochs=2"
    )
    assert (changed.config.repeats, changed.config.seed, changed.config.training.epochs) == (2, 5, 2)
    grid: Any = np.array(["training.batch_size=8,16"])
    assert len(cnnlab.api.experiment(plain, grid=grid).sweep.cells) == 2  # type: ignore[union-attr]


WRONG: dict[str, Any] = {
    "load_run": [(3,), (None,), (b"x",), (["x"],), ("",), ("\0",), ("x" * 5000,)],
    "load_runs": [(3,), ([3],), ({},), ("x", "y")],
    "resume": [(3,), ("x",)],
    "resume_sweep": [(object(),), ("lab2025",)],
    "train": [(3,), (b"x",), ([],), ({},), ({3: 4},), ("missing.yaml",), ({"name": object()},)],
    "sweep": [(None,), ("missing.yaml",)],
    "estimate": [(3.5,), ({"name": "x"},)],
    "compare": [(3,), ({},)],
    "judge": [(3,), (None,), ()],
    "evaluate": [(3,), ("x",)],
    "explain": [(3,), ("x",)],
    "predict": [("lab2025", 3), (3, "x.csv"), ("lab2025", "x.csv")],
    "report": [(3,), ("x",)],
}
WRONG_BY_NAME: dict[str, Any] = {
    "load_runs": [{"runs_dir": 3}],
    "resume": [{"jobs": "x"}, {"seed": 3}],
    "judge": [{"seed": -1}, {"time_limit": "x"}, {"against": "x"}],
    "evaluate": [{"split": "x"}, {"repeat": [0]}, {"backend": "x"}, {"data_dir": 3}, {"say": 3}],
    "explain": [{"split": "train"}, {"repeat": -1}, {"images": 0}, {"center": 0}, {"backend": "x"}],
    "predict": [{"inputs": 3}, {"batch_size": 0}, {"split": "x"}],
    "report": [{"formats": 3}, {"formats": "x", "output": "out"}, {"baseline": 3}, {"group": "x"}],
    "verify": [
        {"layers": 3},
        {"layers": "x"},
        {"dtype": "x"},
        {"weights": 3},
        {"weights": "x"},
        {"dataset": "x"},
    ],
}


@pytest.mark.parametrize("name", sorted({*WRONG, *WRONG_BY_NAME}))
def test_whatever_is_passed_the_answer_is_a_sentence(runs: Path, name: str) -> None:
    """No exception of Python's own, and nothing is passed over."""
    function = getattr(cnnlab, name)
    required: Any = {"predict": ("lab2025", "x.csv"), "judge": ("cnn.py",), "report": ("lab2025",)}
    for words in WRONG.get(name, ()):
        with pytest.raises(cnnlab.CnnlabError, match=r".{10}"):
            function(*words)
    for settings in WRONG_BY_NAME.get(name, ()):
        with pytest.raises(cnnlab.CnnlabError, match=r".{10}"):
            function(*required.get(name, ()), **settings)
    if name in ("train", "sweep", "estimate", "compare"):
        with pytest.raises(
            cnnlab.CnnlabError, match=r"unknown argument 'repeat' \(did you mean 'repeats'\?\)"
        ):
            function({}, repeat=3)


def test_lists_of_runs_and_runs_themselves_are_runs(runs: Path) -> None:
    """As notebooks have them at hand."""
    found = cnnlab.load_runs(["lab2025", "baseline"])
    assert [run.name for run in found] == ["lab2025", "baseline"]
    assert [run.path for run in cnnlab.load_runs(found)] == [run.path for run in found]
    assert cnnlab.load_run(found[1]).path == found[1].path
    assert cnnlab.report(found).document.sections


def test_several_runs(runs: Path, tmp_path: Path) -> None:
    """All of them, by glob, by several words, from another directory, from none."""
    assert [run.name for run in cnnlab.load_runs()] == ["baseline", "lab2025"]
    assert [run.name for run in cnnlab.load_runs("*lab*", "baseline")] == ["lab2025", "baseline"]
    assert cnnlab.load_runs(runs_dir=tmp_path) == []
    with pytest.raises(cnnlab.CnnlabError, match="There is no run 'lab2026'"):
        cnnlab.load_runs("lab2026")


def test_data_frames(runs: Path) -> None:
    """One row per repeat with the keys that differ, and one per epoch."""
    pandas = pytest.importorskip("pandas")
    frame = cnnlab.load_runs().to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["repeat"]) == [0, 1, 0, 1, 2]
    assert frame[frame["name"] == "lab2025"]["test_accuracy"].mean() == pytest.approx(0.93)
    assert frame["test_accuracy"].isna().sum() == 1
    assert list(frame["config.training.epochs"]) == [12, 12, 4, 4, 4]
    curves = cnnlab.load_run("lab2025").to_dataframe("epoch")
    assert list(curves["epoch"]) == [1, 2, 3, 4] * 3
    assert len(cnnlab.load_runs(runs_dir="/nowhere").to_dataframe()) == 0
    with pytest.raises(cnnlab.CnnlabError, match="'repeat' or 'epoch'"):
        cnnlab.load_runs().to_dataframe("day")  # type: ignore[arg-type]


def test_without_pandas_the_way_out_is_told(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the records need none."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'cnnlab\[pandas\]', or take records\(\)"):
        cnnlab.load_run().to_dataframe()
    assert [record["status"] for record in cnnlab.load_run().records()] == ["done", "failed"]


def unsupported() -> bytes:
    """An archive whose entries are packed by a method that Python does not know."""
    file = io.BytesIO()
    np.savez(file, split=np.zeros(3))
    return file.getvalue().replace(
        b"PK\x01\x02\x2d\x03\x2d\x00\x00\x00\x00\x00", b"PK\x01\x02\x2d\x03\x2d\x00\x00\x00\x63\x00"
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY", unsupported()])
def test_damaged_predictions_are_none(runs: Path, content: bytes) -> None:
    """Empty, and no exception."""
    run = cnnlab.load_run()
    (run.repeats[0].path / "predictions.npz").write_bytes(content)
    assert run.repeats[0].predictions == {}
    assert run.repeats[1].predictions == {}


def test_mistakes_are_told_with_their_key(tmp_path: Path) -> None:
    """In a dict there are no lines; in a file there are."""
    with pytest.raises(cnnlab.CnnlabError, match=r"^the dict, trainng: unknown key 'trainng'"):
        cnnlab.train({"name": "x", "data": {"dataset": "mnist10k"}, "model": ["classifier"], "trainng": {}})
    with pytest.raises(cnnlab.CnnlabError, match=r"^the dict has 3 problems:\n  name: this key"):
        cnnlab.train({})
    (tmp_path / "it.yaml").write_text("name: 3\n")
    with pytest.raises(cnnlab.CnnlabError, match=r"it\.yaml has 3 problems"):
        cnnlab.train(tmp_path / "it.yaml")
    with pytest.raises(cnnlab.CnnlabError, match="There is no config file"):
        cnnlab.train(tmp_path / "missing.yaml")


def test_a_room_does_not_hide_the_function_of_its_name() -> None:
    """Whoever imports a module of cnnlab/verify binds that name in the package, where the function stays."""
    import cnnlab.verify.cases

    assert sys.modules["cnnlab.verify.cases"].__name__ == "cnnlab.verify.cases"
    assert cnnlab.verify is cnnlab.api.verify


SCRIPT = """\
import shutil
import warnings

import cnnlab
from cnnlab.errors import PicturesMissing

config = {
    "name": "from-a-dict",
    "data": {"dataset": "mnist10k", "train_size": 64, "limit_per_split": 40},
    "model": ("flatten", {"dense_block": {"units": 4}}, "classifier"),
    "training": {"epochs": 1, "threads": 1},
}
epochs = []

def listen(event):
    if event.kind == "epoch":
        epochs.append(event.repeat)

run = cnnlab.train(config, repeats=2, seed=5, jobs=1, listen=listen)
assert epochs == [0, 1], epochs
assert run.status == "done" and run.config["seed"] == 5 and len(run.done) == 2
assert (run.path / "plots" / "curves.png").exists()
assert config["model"][0] == "flatten"
kept = (run.path / "repeats/0/model.keras").read_bytes()
shutil.rmtree(run.path / "repeats/1")
shutil.rmtree(run.path / "plots")
(run.path / "plots").write_text("in the way")
(run.path / "status.json").unlink()
assert cnnlab.load_run(run.path).status != "done"
with warnings.catch_warnings(record=True) as told:
    resumed = cnnlab.resume(run.path, quiet=True)
assert resumed.status == "done", resumed.status
assert [r.metrics("test") for r in resumed.done] == [r.metrics("test") for r in run.done]
assert (run.path / "repeats/0/model.keras").read_bytes() == kept
assert [w.category for w in told] == [PicturesMissing] and "complete but for its pictures" in str(told[0].message), told
(run.path / "plots").unlink()
assert cnnlab.resume(run.path, quiet=True).status == "done"
try:
    cnnlab.verify(layers=["convolution9d"])
except cnnlab.CnnlabError as error:
    print(error)
training = {"epochs": 2, "threads": 1, "optimizer": {"name": "sgd", "learning_rate": 1e30}}
try:
    cnnlab.train({**config, "training": training}, quiet=True)
except cnnlab.CnnlabError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.keras
@pytest.mark.xdist_group("configs")
def test_a_script_without_a_guard_trains_once(tmp_path: Path) -> None:
    """A dict, a listener, a run that lost half of itself, a refused picture, errors; nothing is run twice."""
    (tmp_path / "script.py").write_text(SCRIPT)
    done = start_python("script.py", cwd=tmp_path).wait()
    assert done.code == 0, done.err
    first, *rest = done.out.splitlines()
    assert "there is no layer kind 'convolution9d'" in first
    assert rest[0].startswith("RepeatsFailed 0 of 1 repeats are finished and kept in runs/")
    assert "the loss became" in rest[1]
    assert done.err == ""
    made: Any = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(made) == 2


def test_judging_gives_typed_results_as_they_come(tmp_path: Path) -> None:
    """A folder stands for the files below it; nothing is written unless asked for."""
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "cnn.py").write_text("def flatten_layer(h):\n    return h.T.ravel()\n")
    seen: list[Any] = []
    judgement = cnnlab.judge(tmp_path, listen=seen.append)
    assert list(judgement.files) == seen and not judgement.passed and judgement.run is None
    found = {(finding.check, finding.mistake) for finding in seen[0].findings}
    assert ("flatten_layer", "flatten_column_major") in found
    assert [path.name for path in tmp_path.rglob("*")] == ["anna", "cnn.py"]
    with pytest.raises(cnnlab.CnnlabError, match="Nothing to judge"):
        cnnlab.judge()


def test_settings_are_the_fields_of_options_and_launch() -> None:
    """Keyword arguments of what trains: each declared beside the class that takes it, with the same name."""
    options = {"grid" if field.name == "sweep" else field.name for field in fields(Options)}
    assert set(OptionSettings.__annotations__) == options
    assert set(LaunchSettings.__annotations__) == {field.name for field in fields(Launch)} | {"address"}
    launch = Launch.of({"jobs": 2, "executor": "ray", "address": "auto", "only_repeat": 1}, ("x",))
    assert (launch.jobs, launch.executor.name, launch.executor.address) == (2, "ray", "auto")
    assert launch.only_repeat == 1 and launch.argv == ("x",) and launch.data_dir is None
    with pytest.raises(cnnlab.CnnlabError, match="--address auto goes with --executor ray"):
        Launch.of({"address": "auto"}, ())


def test_a_report_from_python(runs: Path, tmp_path: Path) -> None:
    """The document, and the files that were written of it."""
    made = cnnlab.report("lab2025", output=tmp_path / "out", formats=["md,csv"])
    assert made.document.sections and {path.suffix for path in made.files} >= {".md", ".csv"}
    assert all(path.is_file() for path in made.files)
    with pytest.raises(cnnlab.CnnlabError, match="--output DIR must say where"):
        cnnlab.report("lab2025", formats=["md"])
    with pytest.raises(cnnlab.CnnlabError, match="--format expects html, md"):
        cnnlab.report("lab2025", output=tmp_path / "out", formats=["doc"])


def test_wrong_images_are_refused_before_any_process_starts(runs: Path, tmp_path: Path) -> None:
    """Neither inputs nor split, and both."""
    for given in ({}, {"inputs": ["a.png"], "split": "test"}):
        with pytest.raises(cnnlab.CnnlabError, match="either --input or --split"):
            cnnlab.predict("lab2025", tmp_path / "a.csv", **given)
