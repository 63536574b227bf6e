import subprocess

from cnnlab.runs.environment import GitState
from cnnlab.runs.git_state import changes, git_state


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
