"""What the report says of networks beside the baseline."""

import json

import pytest

from cnnlab.files import write_json
from cnnlab.report.builders.baseline import baseline_texts
from cnnlab.report.collect import collect
from cnnlab.runs.read import load_run
from cnnlab.runs.summary import RunSummary, summarize_run


def with_baselines(folder, accuracies, split="test", **more):
    """Give each repeat of a made run a baseline of that accuracy."""
    for k, accuracy in enumerate(accuracies):
        path = folder.repeat(k).result_path
        figures = {split: {"accuracy": accuracy, **more}}
        write_json(path, {**json.loads(path.read_text()), "baseline": figures})
    return folder.path


@pytest.mark.parametrize(
    ("ours", "baselines", "expected", "tone"),
    [
        (
            (0.93, 0.92, 0.94),
            (0.50, 0.52, 0.51),
            "accuracy 51.0 % (sd 1.0) on test. The networks: +42.0 points",
            "",
        ),
        ((0.60, 0.50, 0.55), (0.58, 0.49, 0.56), "which chance explains. What they have learned", "warning"),
        ((0.50, 0.49, 0.51), (0.60, 0.58, 0.62), "The networks: -10.0 points in accuracy, p = ", "warning"),
        ((0.93,), (0.50,), "accuracy 50.00 % on test. The network: +43.00 points in accuracy.", ""),
        ((0.5, 0.5), (0.5, 0.5), "The networks: 0.00 points in accuracy. What they have learned", "warning"),
    ],
    ids=["better", "not beyond chance", "worse", "one repeat", "the same"],
)
def test_it_stands_beside_the_networks(make_run, ours, baselines, expected, tone):
    (text,) = baseline_texts(collect(with_baselines(make_run(accuracies=ours), baselines)))
    assert expected in text.text and text.tone == tone and text.label == "baseline"


def test_of_two_classes_auc_decides(make_run):
    folder = make_run(accuracies=(0.9,), class_names=("normal", "tumour"))
    path = with_baselines(folder, [0.95], auc=0.8)
    result = folder.repeat(0).result_path
    content = json.loads(result.read_text())
    content["metrics"]["test"]["auc"] = 0.85
    write_json(result, content)
    (text,) = baseline_texts(collect(path))
    assert "auc 0.8000, accuracy 95.00 % on test. The network: +0.05000 in auc." in text.text


def test_nothing_is_said_without_one_or_where_the_split_has_none(make_run):
    assert not list(baseline_texts(collect(make_run().path)))
    other = with_baselines(make_run(name="other"), (0.5, 0.5, 0.5), split="validation")
    assert not list(baseline_texts(collect(other)))


def test_it_is_in_the_summary(make_run):
    summary = summarize_run(load_run(with_baselines(make_run(), (0.5, 0.52, 0.54))))
    assert summary.baseline["test"]["accuracy"].mean == pytest.approx(0.52)
    assert RunSummary.model_validate(summary.model_dump()).baseline["test"]["accuracy"].n == 3
