import json
import subprocess
import sys
from pathlib import Path

import pytest

import cnnlab.runs
from cnnlab.runs import capture
from cnnlab.runs.environment import DataRecord, Environment
from cnnlab.runs.folder import RunFolder


def test_what_is_captured(repository):
    captured = capture.capture_environment(["cnnlab", "train", "--set", "a b"])
    json.dumps(captured.plain())
    assert captured.cnnlab == cnnlab.__version__
    assert captured.command == "cnnlab train --set 'a b'"
    assert captured.packages["numpy"]
    assert captured.machine.cores["usable"] >= 1
    assert captured.machine.memory_bytes["total"] > 0
    assert len(captured.git.commit) == 40
    assert captured.git.dirty is False


def test_uncommitted_changes_are_kept(repository):
    (repository / "cnn.py").write_text("x = 2\n")
    (repository / "new.py").write_text("y = 1\n")
    folder = RunFolder.create(repository / "runs", "a", "01234567")
    about = Environment(data=DataRecord(title="MNIST"))
    written = capture.write_environment(folder, ["cnnlab"], about)
    assert written.git.dirty is True
    assert written.git.untracked == 1
    assert written.data.title == "MNIST"
    assert "-x = 1\n+x = 2\n" in folder.changes_path.read_text()
    assert json.loads(folder.environment_path.read_text()) == written.plain()


def test_no_file_of_changes_without_changes(repository):
    folder = RunFolder.create(repository / "runs", "a", "01234567")
    capture.write_environment(folder, ["cnnlab"], Environment())
    assert not folder.changes_path.exists()


def test_only_variables_that_matter_and_no_secrets():
    variables = {"TF_ENABLE_ONEDNN_OPTS": "1", "OMP_NUM_THREADS": "2", "CNNLAB_TOKEN": "x", "HOME": "/"}
    variables |= {"TF_VAR_password": "x", "CUDA_VISIBLE_DEVICES": "0", "KERAS_BACKEND": "jax"}
    assert capture.relevant_variables(variables) == {
        "CNNLAB_TOKEN": "(hidden)",
        "CUDA_VISIBLE_DEVICES": "0",
        "KERAS_BACKEND": "jax",
        "OMP_NUM_THREADS": "2",
        "TF_ENABLE_ONEDNN_OPTS": "1",
    }


@pytest.mark.parametrize(("text", "expected"), [('{"floatx": "float16"}', {"floatx": "float16"}), ("{", "{")])
def test_settings_of_keras(tmp_path, monkeypatch, text, expected):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert capture.keras_json() is None
    (tmp_path / "keras.json").write_text(text)
    assert capture.keras_json() == expected


HEAVY = ("numpy", "scipy", "matplotlib", "keras", "yaml")


def test_importing_runs_is_light():
    modules = [path.stem for path in Path(cnnlab.runs.__path__[0]).glob("[!_]*.py")]
    code = f"import sys\nfor m in {modules}: __import__('cnnlab.runs.' + m)\n"
    code += f"print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
