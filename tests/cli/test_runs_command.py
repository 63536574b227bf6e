"""``cnnlab runs``, through the real command line, on run folders made without Keras."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cnnlab.runs.folder import RunFolder
from cnnlab.runs.process import host_name
from cnnlab.runs.summary_files import write_summary
from tests.conftest import environment
from tests.fake_runs import BUNDLED, make_run

pytestmark = pytest.mark.heavy

SEVERAL = ("done", "partial", "interrupted", "damaged")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A runs directory with a run of each kind, among things that are none."""
    directory = tmp_path / "runs"
    make_run(directory, name="mnist128-lab2025", now=datetime(2026, 11, 1), data=BUNDLED)
    make_run(directory, name="baseline", failed=["too large"], now=datetime(2026, 11, 2))
    killed = make_run(directory, name="killed", now=datetime(2026, 11, 3))
    status = json.loads(killed.status.path.read_text())
    killed.status.path.write_text(json.dumps(status | {"status": "running", "pid": 2**22 + 1}))
    (make_run(directory, name="broken", now=datetime(2026, 11, 4)).path / "status.json").write_text("{")
    (directory / "README.md").write_text("x")
    (directory / "notes").mkdir()
    return directory


def test_list_shows_every_run_newest_first_at_80_columns(runs: Path, cnnlab: Any) -> None:
    """Odd ones are shown as such, and stop nothing."""
    done = cnnlab("runs", "list", "--runs-dir", runs, "--json")
    assert done.code == 0, done.err
    found = done.json["runs"]
    assert [run["name"] for run in found] == ["broken", "killed", "baseline", "mnist128-lab2025"]
    assert [run["status"] for run in found] == ["damaged", "interrupted", "partial", "done"]
    assert found[2]["headline"]["mean"] == pytest.approx(0.93)
    table = done.out[: done.out.rindex('{"runs_dir"')]
    assert all(len(line) <= 80 for line in table.splitlines())
    assert "mnist10k, not\n" in "\n".join(line.rstrip() for line in table.splitlines())
    for text in ("93.0 ± 1.0 %", "3/4", "its process is gone: 20261103", "status.json is damaged: 20261104"):
        assert text in table, table


def test_list_filters(runs: Path, cnnlab: Any) -> None:
    """By name, by status, by time; a word that means nothing is refused, nothing found is no error."""

    def names(*options: str) -> list[str]:
        return [
            r["name"] for r in cnnlab("runs", "list", *options, "--json", CNNLAB_RUNS=str(runs)).json["runs"]
        ]

    assert names("--name", "lab") == ["mnist128-lab2025"]
    assert names("--status", "partial", "--status", "damaged") == ["broken", "baseline"]
    assert names("--since", "2100-01-01") == []
    assert "None of the 4 runs fits" in cnnlab("runs", "list", "--name", "zzz", "--runs-dir", runs).out
    assert "There is no run yet" in cnnlab("runs", "list", "--runs-dir", runs / "missing").out
    for wrong in (("--status", "finished"), ("--since", "yesterday")):
        done = cnnlab("runs", "list", *wrong, "--runs-dir", runs)
        assert done.code == 2
        assert f"got '{wrong[1]}'" in done.err


def test_a_thousand_runs_are_listed_in_two_seconds_without_a_framework(tmp_path: Path) -> None:
    """Status, summary and environment are all that is read of each; processor time, as the machine is shared."""
    first = make_run(tmp_path, name="run", now=datetime(2026, 1, 1))
    write_summary(first.path)
    shutil.rmtree(first.repeats_path)
    for i in range(1000):
        shutil.copytree(first.path, tmp_path / f"20260101-00{i // 60:02d}{i % 60:02d}_run{i}_01234567")
    code = (
        "import sys, time; from cnnlab.cli.app import main\n"
        f"sys.argv = ['cnnlab', 'runs', 'list', '--runs-dir', {str(tmp_path)!r}]\n"
        "try: main()\n"
        "finally: print(time.process_time(), *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    seconds, *modules = done.stderr.split()
    assert len(done.stdout.splitlines()) == 1002
    assert not {"keras", "tensorflow", "scipy", "matplotlib", "yaml"} & set(modules)
    assert float(seconds) < 2


def test_show_tells_all_of_a_run(runs: Path, cnnlab: Any) -> None:
    """A good one by name, a damaged one by path."""
    good = cnnlab("runs", "show", "baseline", "--runs-dir", runs, "--json")
    assert good.code == 0, good.err
    assert good.json["config"]["name"] == "baseline"
    assert [repeat["status"] for repeat in good.json["repeats"]] == ["done", "done", "done", "failed"]
    page = good.out[: good.out.rindex('{"path"')]
    assert "repeat 3: too large" in page
    assert "environment.json" in page
    assert all(len(line) <= 80 for line in page.splitlines())
    broken = cnnlab("runs", "show", next(runs.glob("*broken*")))
    assert broken.code == 0, broken.err
    assert "status.json is damaged" in broken.out


def test_diff_of_configs_environments_and_results(runs: Path, cnnlab: Any) -> None:
    """Only what differs, and every metric of both."""
    done = cnnlab("runs", "diff", "baseline", "mnist128-lab2025", "--runs-dir", runs, "--json")
    assert done.code == 0, done.err
    assert done.json["config"] == {"name": ["baseline", "mnist128-lab2025"]}
    assert done.json["environment"]["data.bundled_for"] == [None, "mnist"]
    assert done.json["results"]["test"]["accuracy"]["difference"] == 0
    assert "data.bundled_for" in done.out
    assert all(len(line) <= 80 for line in done.out[: done.out.index('{"a": "/')].splitlines())


def test_export_as_csv_and_as_json(runs: Path, tmp_path: Path, cnnlab: Any) -> None:
    """One row per repeat; per epoch with --epochs; into a file with --output."""
    done = cnnlab("runs", "export", "baseline", "mnist128-lab2025", "--csv", "--runs-dir", runs)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["repeat"] for row in rows] == ["0", "1", "2", "3", "0", "1", "2"]
    assert rows[0]["test_accuracy"] == "0.93"
    assert rows[3]["error"] == "too large"
    target = tmp_path / "epochs.csv"
    assert cnnlab("runs", "export", "baseline", "--epochs", "-o", target, "--runs-dir", runs).code == 0
    assert len(target.read_text().splitlines()) == 1 + 3 * 12
    as_json = cnnlab("runs", "export", "baseline", "--json", "--runs-dir", runs)
    assert len(as_json.out.splitlines()) == 1
    assert len(as_json.json["rows"]) == 4
    both = cnnlab("runs", "export", "baseline", "--csv", "--json", "--runs-dir", runs)
    assert both.code == 2
    assert "--output FILE" in both.err


def ask(runs: Path, *arguments: str, answer: str) -> tuple[int, str, list[str]]:
    """``runs rm`` with an answer typed; returns exit code, messages, and the names that are still there."""
    done = subprocess.run(
        [sys.executable, "-m", "cnnlab", "runs", "rm", *arguments, "--runs-dir", str(runs)],
        env=environment(),
        input=answer,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr, sorted(RunFolder(path).name for path in runs.glob("2026*"))


def test_rm_asks_and_removes_only_when_told_so(runs: Path) -> None:
    """No, nobody there, yes."""
    everything = ["baseline", "broken", "killed", "mnist128-lab2025"]
    code, text, left = ask(runs, "baseline", answer="n\n")
    assert (code, left) == (2, everything)
    assert "Remove this run for good? [y/N]" in text
    code, text, left = ask(runs, "baseline", answer="")
    assert (code, left) == (2, everything)
    assert "add --yes" in text
    assert ask(runs, "baseline", answer="y\n")[::2] == (0, everything[1:])
    assert ask(runs, "*", "--yes", answer="")[::2] == (0, [])
    assert sorted(path.name for path in runs.iterdir()) == ["README.md", "notes"]


def test_rm_refuses_what_runs_what_is_elsewhere_and_what_is_no_run(runs: Path, tmp_path: Path) -> None:
    """All or nothing: one refusal keeps the others too."""
    working = make_run(runs, name="working", accuracies=(), now=datetime(2026, 11, 5))
    working.status.start("train", [0])
    assert host_name() in working.status.path.read_text()
    code, text, left = ask(runs, "working", "baseline", "--yes", answer="")
    assert code == 2
    assert f"it is running (process {os.getpid()} on" in text
    assert "baseline" in left
    elsewhere = make_run(tmp_path / "other", name="else")
    (runs / "link").symlink_to(elsewhere.path)
    for word, reason in ((elsewhere.path, "not in the runs directory"), (runs / "link", "it is a link")):
        code, text, _ = ask(runs, str(word), "--yes", answer="")
        assert code == 2
        assert reason in text
    assert elsewhere.status.path.exists()
    assert ask(runs, str(runs / "notes"), "--yes", answer="")[0] == 2


def test_a_list_of_a_runs_directory_that_is_being_written(runs: Path) -> None:
    """A reader never meets half a file: many lists while a run is made and removed."""
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, shutil; from pathlib import Path; from tests.fake_runs import make_run\n"
            "while True: shutil.rmtree(make_run(Path(sys.argv[1]), name='x', epochs=2).path)",
            str(runs),
        ],
        env=environment(),
    )
    try:
        from cnnlab.runs.find import list_runs
        from cnnlab.runs.overview import overview

        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            seen = [overview(path) for path in list_runs(runs)]
            assert {"baseline", "killed", "mnist128-lab2025", "broken"} <= {one.name for one in seen}
            for one in seen:
                assert not [note for note in one.notes if one.name == "x" and "is damaged" in note]
    finally:
        writer.kill()
        writer.wait()
