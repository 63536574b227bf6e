"""What `--output` leaves in its directory, on the real command line."""

import csv
import json

import pytest
from PIL import Image

from cnnlab.errors import RunError
from cnnlab.report.render.data import csv_files
from cnnlab.report.render.escape import markdown
from cnnlab.report.render.markdown import to_markdown
from cnnlab.report.write import write_report
from tests.fake_runs import MNIST, make_run
from tests.report.shown import report_of

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("report write")]


def test_everything_is_written_from_the_command_line(cnnlab, runs, tmp_path):
    done = cnnlab("report", runs[0], "--output", tmp_path / "a/b", "--json")
    assert done.code == 0, done.err
    written = {
        str(path.relative_to(tmp_path / "a/b")) for path in (tmp_path / "a/b").rglob("*") if path.is_file()
    }
    drawn = {
        f"figures/{name}.{kind}" for name in ("curves", "accuracy", "confusion") for kind in ("png", "pdf")
    }
    taken_over = {"figures/augmentation.png", "figures/mistakes_0.png"}
    texts = {"report.html", "report.md", "report.json", "results.csv", "classes.csv", "repeats.csv"}
    assert written == drawn | taken_over | texts | {
        "tables/results.tex",
        "tables/classes.tex",
        "tables/repeats.tex",
    }
    told = done.out.splitlines()[-9:-1]  # files by their names, of figures and tables the folders
    assert told[0] == str(tmp_path / "a/b/figures") and told[1] == str(tmp_path / "a/b/report.html")
    assert told[3] == str(tmp_path / "a/b/tables")
    assert json.loads((tmp_path / "a/b/report.json").read_text()) == done.json
    with Image.open(tmp_path / "a/b/figures/curves.png") as image:
        assert image.width == 1020  # 3.4 inches, 300 dots per inch


@pytest.mark.parametrize(
    ("formats", "names"),
    [
        (["--format", "csv"], {"results.csv", "classes.csv", "repeats.csv"}),
        (["--format", "json,html"], {"report.json", "report.html"}),
        (["--format", "csv", "--format", "tex"], {"results.csv", "classes.csv", "repeats.csv", "tables"}),
    ],
)
def test_some_formats(cnnlab, runs, tmp_path, formats, names):
    done = cnnlab("report", runs[0], "--output", tmp_path, *formats, "--quiet")
    assert (done.code, done.out) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "html"], "--output DIR must say where"),
        (
            ["--output", "out", "--format", "docx"],
            "--format expects html, md, tex, csv, json, png, pdf, got 'docx'",
        ),
        (["--output", "taken/out"], "Cannot write the report to"),
        (["--latex-report", "taken"], "Cannot write the report to"),
        (["--group", "--compare"], "--compare expects at least two runs"),
    ],
)
def test_errors_are_sentences(cnnlab, runs, tmp_path, arguments, message):
    (tmp_path / "taken").write_text("")
    done = cnnlab("report", runs[0], *arguments, cwd=tmp_path)
    assert done.code == 2
    assert message in done.err and "Traceback" not in done.err


def test_markdown_points_to_what_is_there_and_shows_text_as_it_is(runs, tmp_path):
    write_report(report_of(*runs), tmp_path, ["md"])
    text = (tmp_path / "report.md").read_text()
    places = [part.split(")")[0] for part in text.split("](figures/")[1:]]
    assert len(places) == 11 and all((tmp_path / "figures" / place).is_file() for place in places)
    assert "\\<script\\>" in text and "<script>" not in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("a|b", r"a\|b"), ("*a* _b_", r"\*a\* \_b\_"), ("<b> & c", r"\<b\> &amp; c"), ("a\nb", "a b")],
)
def test_markdown_is_escaped(text, escaped):
    assert markdown(text) == escaped


def test_csv_holds_every_value(runs):
    files = csv_files(report_of(*runs, side_by_side=True))
    results = list(csv.DictReader(files["results.csv"].splitlines()))
    row = next(r for r in results if (r["split"], r["metric"]) == ("test", "accuracy"))
    assert (row["n"], row["values"], row["seeds"]) == ("3", "0.9 0.91 0.93", "100 101 102")
    assert float(row["mean"]) == pytest.approx(0.91333, abs=1e-5) and row["comparable"] == "true"
    repeats = list(csv.DictReader(files["repeats.csv"].splitlines()))
    assert sum(r["metrics_test_accuracy"] != "" for r in repeats) == 6
    assert [r["status"] for r in repeats if not r["metrics_test_accuracy"]] == ["failed"]
    contrasts = list(csv.DictReader(files["comparison.csv"].splitlines()))
    both = [c for c in contrasts if (c["split"], c["metric"]) == ("test", "accuracy")]
    assert [c["difference"] == "" for c in both] == [True, False]  # the reference, and the other
    assert len(both[1]["paired_differences"].split()) == 3 and both[1]["paired_sign_up"] == "3"


def test_a_spreadsheet_takes_no_name_for_a_formula(make_run):
    folder = make_run(name="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in csv_files(report_of(folder.path))["results.csv"]


def test_a_run_at_work_is_reported_as_such(make_run, tmp_path):
    folder = make_run()
    folder.repeat(2).result_path.unlink()
    folder.repeat(2).predictions_path.unlink()
    folder.status.start("train", range(4))
    for k, state in enumerate(["done", "done", "running"]):
        folder.status.set_repeat(k, state)
    with folder.repeat(2).metrics_path.open("a") as file:
        file.write("13,0.2,0.001,0.")  # a line that is being written
    write_report(report_of(folder.path), tmp_path / "out")
    text = (tmp_path / "out/report.md").read_text()
    assert "running, 2 of 4 repeats finished" in text
    assert "repeat 2 is still running after 12 epochs" in text


def test_a_run_without_anything_yet(make_run, tmp_path):
    folder = make_run(accuracies=[])
    folder.config_path.unlink()
    folder.environment_path.write_text("{")
    folder.status.start("train", range(2))
    write_report(report_of(folder.path), tmp_path / "out")
    assert "0 of 2 repeats finished" in (tmp_path / "out/report.md").read_text()
    assert not list((tmp_path / "out/figures").iterdir())


def test_a_picture_that_is_none_is_left_out_with_a_note(make_run, tmp_path):
    folder = make_run()
    folder.augmentation_path.write_text("<svg onload=alert(1)>")
    write_report(report_of(folder.path), tmp_path / "out", ["html"])
    page = (tmp_path / "out/report.html").read_text()
    assert "is not a PNG of at most 2 MB: left out" in page and "onload" not in page


def test_a_full_disk_is_a_sentence(make_run, tmp_path, monkeypatch):
    document = report_of(make_run().path)

    def refuse(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(RunError, match=r"No space left on device\. Name another DIR\."):
        write_report(document, tmp_path / "out", ["csv"])


def test_the_layout_needs_no_figures(runs):
    assert "## Side by side" in to_markdown(report_of(*runs, side_by_side=True))


def test_every_table_names_its_data(tmp_path):
    """Synthetic images must be told from real ones wherever a table ends up, on its own or in another document."""
    title = "PatchCamelyon (synthetic)"
    runs = [
        make_run(tmp_path / "runs", accuracies=(0.8, 0.9), name=name, data={**MNIST, "title": title})
        for name in ("one", "two")
    ]
    write_report(report_of(*(run.path for run in runs), side_by_side=True), tmp_path / "out")
    files = [*(tmp_path / "out").rglob("*.tex"), *(tmp_path / "out").glob("*.csv")]
    assert len(files) >= 8
    assert [path.name for path in files if title not in path.read_text()] == []
