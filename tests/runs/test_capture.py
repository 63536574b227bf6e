import json
import subprocess
import sys
from pathlib import Path

import pytest

import cnnlab.runs
from cnnlab.runs import capture, machine
from cnnlab.runs.environment import DataRecord, Environment, GitState
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.git_state import changes, git_state

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cnn.py").write_text("x = 1\n")
    for command in (["init", "-q"], ["add", "."], [*IDENTITY, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    return tmp_path


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


def test_long_changes_are_cut_and_say_so(repository):
    (repository / "cnn.py").write_text("å = 2\n" * 1000)
    cut = changes(limit=501)
    assert cut.endswith(b"\n# cut here, after 501 bytes: there were more changes\n")
    assert cut[:501] == changes()[:501]


def test_changes_keep_bytes_that_are_no_utf_8(repository):
    (repository / "cnn.py").write_bytes(b"x = '\xe5'\n")
    assert b"+x = '\xe5'\n" in changes()


def test_a_git_that_hangs_is_left_behind(tmp_path, monkeypatch):
    script = tmp_path / "git"
    script.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("cnnlab.runs.git_state.GIT_SECONDS", 0.05)
    assert git_state().commit is None


def test_a_repository_starts_no_program_of_its_own(repository):
    script = repository / "evil.sh"
    script.write_text("#!/bin/sh\ntouch was-here\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external"):
        subprocess.run(["git", "config", key, str(script)], check=True)
    (repository / "cnn.py").write_text("x = 2\n")
    assert git_state().dirty and changes()
    assert not (repository / "was-here").exists()


def test_without_git_or_a_repository_nothing_fails(tmp_path, monkeypatch):
    nothing = GitState(commit=None, branch=None, dirty=None, untracked=None)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state(tmp_path) == nothing
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state() == nothing
    assert changes() == b""


def test_a_repository_without_a_commit(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert git_state(tmp_path).commit is None
    assert changes(tmp_path) == b""


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


@pytest.mark.parametrize(
    ("text", "limit"), [("max 100000", None), ("150000 100000", 1.5), ("", None), ("0 0", None)]
)
def test_limit_of_a_container(tmp_path, monkeypatch, text, limit):
    (tmp_path / "cpu.max").write_text(text)
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    assert machine.cpu_limit() == limit
    assert machine.usable_cores() >= 1


def test_older_containers(tmp_path, monkeypatch):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("300000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    assert machine.cpu_limit() == 3


def test_graphics_cards_as_nvidia_smi_tells(tmp_path, monkeypatch):
    script = tmp_path / "nvidia-smi"
    script.write_text("#!/bin/sh\necho 'NVIDIA A100-SXM4-40GB, 40960 MiB, 550.54'\necho\necho odd\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    card = {"name": "NVIDIA A100-SXM4-40GB", "memory.total": "40960 MiB", "driver_version": "550.54"}
    assert machine.gpus() == [card]


HEAVY = ("numpy", "scipy", "matplotlib", "keras", "yaml")


def test_importing_runs_is_light():
    modules = [path.stem for path in Path(cnnlab.runs.__path__[0]).glob("[!_]*.py")]
    code = f"import sys\nfor m in {modules}: __import__('cnnlab.runs.' + m)\n"
    code += f"print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
