"""``cnnlab judge`` as a person types it."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.judge.submissions.editing import reference_source
from tests.test_imports import HEAVY, modules_after

pytestmark = pytest.mark.heavy

RIGHT = reference_source("vectorised")
NO_BIAS = RIGHT.replace("W @ h + b", "W @ h")
HEADS = ("activation", "conv2d_layer", "dense_layer", "evaluate")


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    """Three submissions: a right one, one with a mean for a maximum, one that Python cannot read."""
    texts = {"anna": RIGHT, "bo": RIGHT.replace("max(axis=", "mean(axis="), "cy <b>": "def activation(:\n"}
    for name, text in texts.items():
        (tmp_path / "submissions" / name).mkdir(parents=True)
        (tmp_path / "submissions" / name / "cnn.py").write_text(text)
    return tmp_path


def test_a_right_file_passes_with_exit_code_0(cnnlab: Any, tmp_path: Path) -> None:
    (tmp_path / "cnn.py").write_text(RIGHT)
    done = cnnlab("judge", "cnn.py", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.json["findings"] == [] and done.json["passed"]
    assert all(head in done.out for head in HEADS) and "Microseconds per image" in done.out
    assert max(map(len, done.out.splitlines()[:-1])) <= 80
    assert not list(tmp_path.glob("runs")) and not list(tmp_path.glob("__pycache__"))


def test_a_class_in_one_command(cnnlab: Any, class_folder: Path) -> None:
    """Several files after one option, as a shell expands them; one bad file stops none."""
    files = sorted(path.relative_to(class_folder) for path in class_folder.glob("submissions/*/cnn.py"))
    done = cnnlab(
        "judge", *files, "--csv", "grades.csv", "--html", "page.html", "--json", cwd=class_folder
    )  # fmt: skip
    assert done.code == 3, done.err
    assert [file["status"] for file in done.json["files"]] == ["passed", "failed", "not judged"]
    findings = {
        (f["check"], f["mistake"], f["line"]) for f in done.json["findings"] if f["grade"] == "required"
    }
    line = next(i for i, text in enumerate(RIGHT.splitlines(), 1) if text.startswith("def pool2d_layer"))
    assert findings == {("pool2d_layer", "pool_is_mean", line), ("file", "syntax_error", 1)}
    with (class_folder / "grades.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["status"] for row in rows] == ["passed", "failed", "not judged"]
    assert rows[1]["pool2d_layer"] == "failed" and rows[1]["conv2d_layer"] == "passed"
    page = (class_folder / "page.html").read_text()
    assert "pool_is_mean" in page and "cy &lt;b&gt;" in page and "cy <b>" not in page
    assert "http" not in page.lower().replace("http-equiv", "")
    assert page.count("<script") == 1 and "default-src 'none'" in page  # the page's own, which sorts tables


@pytest.mark.parametrize(
    "rest", [["a/cnn.py"], ["a/cnn.py", "b/cnn.py"], ["a/cnn.py", "--csv", "grades.csv"]], ids=" ".join
)
def test_verify_says_where_judging_went(cnnlab: Any, tmp_path: Path, rest: list[str]) -> None:
    done = cnnlab("verify", "--implementation", *rest, cwd=tmp_path)
    assert done.code == 2 and done.out == ""
    said = "cnnlab: verify --implementation is a command of its own now: cnnlab judge FILE..."
    assert done.err.splitlines()[-1] == said


def test_a_folder_is_searched(cnnlab: Any, class_folder: Path) -> None:
    done = cnnlab("judge", "submissions", "--json", "--quiet", cwd=class_folder)
    assert done.code == 3 and len(done.json["files"]) == 3
    assert len(done.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "mistake", "line"),
    [
        ("x = (\n", "syntax_error", 1),
        ("import nothing_of_this_name\n", "import_failed", 1),
        ("", "nothing_to_judge", None),
    ],
)
def test_what_cannot_be_judged_has_exit_code_2(
    cnnlab: Any, tmp_path: Path, text: str, mistake: str, line: int | None
) -> None:
    (tmp_path / "cnn.py").write_text(text)
    done = cnnlab("judge", "cnn.py", "--json", cwd=tmp_path)
    assert done.code == 2
    assert [(f["mistake"], f["line"]) for f in done.json["findings"]] == [(mistake, line)]


def test_a_missing_file_and_an_empty_folder(cnnlab: Any, tmp_path: Path) -> None:
    done = cnnlab("judge", "nobody/cnn.py", "--json", cwd=tmp_path)
    assert done.code == 2 and done.json["findings"][0]["mistake"] == "file_unreadable"
    (tmp_path / "empty").mkdir()
    done = cnnlab("judge", "empty", cwd=tmp_path)
    assert done.code == 2 and "expected a file cnn.py" in done.err


def test_strict_counts_robust_checks(cnnlab: Any, tmp_path: Path) -> None:
    unstable = RIGHT.replace("np.exp(x - np.max(x))", "np.exp(x)")
    assert unstable != RIGHT
    (tmp_path / "cnn.py").write_text(unstable)
    done = cnnlab("judge", "cnn.py", "--json", cwd=tmp_path)
    assert done.code == 0 and [f["mistake"] for f in done.json["findings"]] == ["softmax_unstable"]
    assert cnnlab("judge", "cnn.py", "--strict", cwd=tmp_path).code == 3


def test_the_template_is_a_file_in_which_nothing_is_written(cnnlab: Any, tmp_path: Path) -> None:
    done = cnnlab("judge", "--template", "cnn.py", cwd=tmp_path)
    assert done.code == 0, done.err
    assert cnnlab("judge", "--template", "cnn.py", cwd=tmp_path).code == 2
    done = cnnlab("judge", "cnn.py", "--json", cwd=tmp_path)
    assert done.code == 3
    assert {f["mistake"] for f in done.json["findings"] if f["grade"] == "required"} == {"not_written"}


def test_a_run_folder_is_written_only_when_asked_for(cnnlab: Any, tmp_path: Path) -> None:
    (tmp_path / "cnn.py").write_text(RIGHT)
    done = cnnlab("judge", "cnn.py", "--runs-dir", "runs", "--json", cwd=tmp_path)
    run = tmp_path / done.json["run"]
    assert json.loads((run / "judgement.json").read_text())["passed"]
    status = json.loads((run / "status.json").read_text())
    assert (status["command"], status["status"]) == ("judge", "done")
    shown = cnnlab("runs", "list", "--runs-dir", "runs", cwd=tmp_path).out.splitlines()[1]
    assert shown.split()[0] == "judge" and shown.split()[-1] == "passed"
    report = cnnlab("report", "--runs-dir", "runs", cwd=tmp_path).out
    assert "judge run" in report and "Every file passes" in report
    assert "missing" not in report and "verify" not in report and "unknown" not in report


def test_the_page_is_well_formed(cnnlab: Any, class_folder: Path) -> None:
    cnnlab("judge", "submissions", "--html", "page.html", "--quiet", cwd=class_folder)
    open_tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag != "meta":
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Tags().feed((class_folder / "page.html").read_text())
    assert open_tags == []


def test_judging_imports_no_framework(tmp_path: Path) -> None:
    (tmp_path / "cnn.py").write_text(RIGHT)
    arguments = ["cnnlab", "judge", "cnn.py"]
    code = f"sys.argv = {arguments!r}; from cnnlab.cli.app import main; main()"
    assert not modules_after(code, tmp_path) & {*HEAVY, "matplotlib", "scipy"}


@pytest.mark.keras
def test_keras_as_the_reference_agrees(cnnlab: Any, class_folder: Path) -> None:
    done = cnnlab("judge", "submissions", "--against", "keras", "--json", cwd=class_folder)
    assert [file["status"] for file in done.json["files"]] == ["passed", "failed", "not judged"], done.err
    assert done.json["against"] == "Keras" and "Keras" in done.json["microseconds_per_image"]
    assert "pool_is_mean" in {f["mistake"] for f in done.json["findings"]}
