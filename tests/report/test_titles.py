import html

import pytest

from cnnlab.report.builders.sweep import sweep_document
from cnnlab.report.render.data import csv_files, to_json
from cnnlab.report.sweep.collect import collect_sweep
from cnnlab.report.titles import data_marker, name_and_data, positive_note, subtitle
from cnnlab.report.write import write_report
from cnnlab.runs.read import load_run
from cnnlab.runs.summary_files import write_summary
from tests.fake_runs import BUNDLED
from tests.fake_sweeps import RATE, make_sweep
from tests.report.shown import report_of, shown, words

NAMES = ("cancer", "normal")
SENTENCE = "Positive class: 'normal' (class 1): sensitivity is the share of it that is found"


def test_the_data_stand_in_every_title(make_run):
    run = load_run(make_run(name="a", data=BUNDLED).path)
    assert name_and_data(run) == "a on 10,000 bundled MNIST digits"
    assert data_marker(run) == "bundled data, not mnist"
    assert subtitle(run, "3 repeats") == "Bundled data, not mnist · 3 repeats · 10,000 bundled MNIST digits"


def test_the_positive_class_is_named_wherever_figures_of_two_classes_stand(make_run, tmp_path):
    folder = make_run(accuracies=[0.9, 0.8], class_names=NAMES, name="two")
    document = report_of(folder.path)
    assert SENTENCE in words(shown(document))
    assert to_json(document)["runs"][0]["positive_class"] == "normal"
    assert ",100 101,normal" in csv_files(document)["results.csv"].splitlines()[1]
    assert write_summary(folder.path).plain()["positive_class"] == "normal"
    for path in write_report(document, tmp_path / "out", ["html", "md", "tex"]):
        if path.suffix in (".html", ".md") or path.name == "results.tex":
            assert SENTENCE in words(html.unescape(path.read_text())), path
    two = report_of(
        folder.path, make_run(accuracies=[0.9], class_names=NAMES, name="b").path, side_by_side=True
    )
    assert SENTENCE in words(shown(two))


def test_the_report_of_a_sweep_names_it_too(tmp_path):
    sweep = make_sweep(tmp_path, {RATE: [0.01, 0.1]}, lambda v: 0.9, repeats=2, class_names=NAMES)
    document = sweep_document(collect_sweep(sweep))
    assert SENTENCE in words(shown(document))
    assert to_json(document)["positive_class"] == "normal"


@pytest.mark.parametrize("names", [("a", "b", "c"), ()])
def test_other_numbers_of_classes_have_none(make_run, names):
    run = load_run(make_run(class_names=names or ("a", "b", "c"), accuracies=[0.9]).path)
    assert positive_note(run) == "" == positive_note()
    assert run.positive_class is None


def test_runs_of_different_classes_are_told_apart(make_run):
    runs = [load_run(make_run(class_names=names, name=names[0]).path) for names in (NAMES, NAMES[::-1])]
    assert positive_note(*runs) == "The positive classes differ: normal and cancer, each of its own run."
    ten = load_run(make_run(name="ten").path)
    assert positive_note(runs[0], None).startswith(SENTENCE) and positive_note(ten, runs[0]).startswith(
        SENTENCE
    )
