"""explanation.npz in a report: maps are drawn, sentences carry their figures, and damaged files cost no more."""

import random

import numpy as np
import pytest

from cnnlab.files import write_json
from cnnlab.report.builders.report import build_report
from cnnlab.report.collect import collect
from cnnlab.report.explanations import explained_images, explanations
from cnnlab.report.figures.catalog import run_figures
from cnnlab.report.gather import gather
from cnnlab.report.render.data import to_json
from cnnlab.runs.explanation import CentralSquare, Explanation, MapFigures
from cnnlab.runs.read import load_run
from tests import fake_runs
from tests.hostile import damaged_contents
from tests.report.figures.test_plots import texts

pytestmark = pytest.mark.heavy

N, SIDE = 3, 8


def arrays() -> dict[str, np.ndarray]:
    """Three images with two kinds of maps, the second without a random network."""
    rng = np.random.default_rng(0)
    return {
        "images": rng.integers(0, 256, (N, SIDE, SIDE, 3)).astype(np.uint8),
        "index": np.arange(N),
        "label": np.array([0, 1, 1]),
        "predicted": np.array([0, 1, 0]),
        "probability": np.array([0.99999, 0.9, 0.8], np.float32),
        "Grad-CAM": rng.random((N, SIDE, SIDE)).astype(np.float32),
        "Grad-CAM random": np.zeros((N, SIDE, SIDE), np.float32),
        "occlusion": rng.normal(size=(N, SIDE, SIDE)).astype(np.float32),
    }


def explanation(**more) -> Explanation:
    methods = (
        MapFigures(method="Grad-CAM", share=0.61, random_share=0.27, correlation=0.12),
        MapFigures(method="occlusion", share=0.5, random_share=0.5, correlation=0.81),
    )
    center = CentralSquare(side=4, holds="what the label is about", area=0.25)
    return Explanation(
        **{"repeat": 0, "split": "test", "hits": 2, "mistakes": 1, "center": center, "methods": methods}
        | more
    )


@pytest.fixture
def folder(tmp_path):
    """A run of two classes whose first repeat is explained."""
    made = fake_runs.make_run(tmp_path / "runs", accuracies=[0.9], class_names=("normal", "tumour"))
    write_json(made.repeat(0).explanation_path, explanation())
    np.savez(made.repeat(0).explanation_maps_path, **arrays())
    return made


def sentences(folder) -> list[str]:
    (section,) = build_report(gather([folder.path])).sections
    return [text.text for text in section.texts if text.label == "explained"]


def test_sentences_say_share_area_and_likeness_to_a_random_network(folder):
    first, second = sentences(folder)
    assert first == (
        "Grad-CAM (repeat 0, 2 surest hits and 1 surest mistake of the test images): 61 % of the relevance in the "
        "central 4x4 (what the label is about), which is 25 % of the area; of a random network 27 %; rank correlation "
        "with the random network's maps 0.12."
    )
    assert second.endswith(
        "maps 0.81. The maps look like those of a random network, and say little about what was learned."
    )
    assert to_json(build_report(gather([folder.path])))["runs"][0]["explanations"][0]["hits"] == 2
    reverse = MapFigures(method="occlusion", correlation=-0.6)
    write_json(folder.repeat(0).explanation_path, explanation(methods=(reverse,)))
    assert "maps look like those of a random network, reversed, and" in sentences(folder)[0]
    write_json(
        folder.repeat(0).explanation_path, explanation(center=None, methods=(MapFigures(method="occlusion"),))
    )
    assert sentences(folder) == [
        "Occlusion (repeat 0, 2 surest hits and 1 surest mistake of the test images): see the figure."
    ]


def test_the_figure_names_what_it_draws(folder):
    (figure,) = [each for each in run_figures(collect(folder.path)) if each.name == "explanation_0"]
    shown = texts(figure)
    for text in ("Grad-CAM", "random\nnetwork", "occlusion", "normal\n> 99.9 %", "tumour\n→ normal\n80.0 %"):
        assert text in shown
    assert "surest hits, then mistakes" in shown and "for the class" in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("images", None),
        ("images", np.zeros((N, SIDE, SIDE, 2), np.uint8)),
        ("images", np.zeros((N, SIDE, SIDE, 3), np.float32)),
        ("images", np.zeros((0, SIDE, SIDE, 3), np.uint8)),
        ("images", np.zeros((N, 1, 5000, 1), np.uint8)),
        ("label", np.array([0.0, np.nan, 1])),
        ("label", np.array(["a", "b", "c"])),
        ("probability", np.zeros(2)),
        ("Grad-CAM", np.full((N, SIDE, SIDE), np.inf)),
        ("Grad-CAM random", np.zeros((N, SIDE, 1))),
        ("occlusion", None),
    ],
)
def test_arrays_of_another_kind_are_not_drawn(folder, name, value):
    changed = {key: array for key, array in (arrays() | {name: value}).items() if array is not None}
    np.savez(folder.repeat(0).explanation_maps_path, **changed)
    assert_not_drawn(folder)


def test_damaged_files_are_not_drawn(folder):
    path = folder.repeat(0).explanation_maps_path
    for content in damaged_contents(path.read_bytes(), random.Random(0)).values():
        path.write_bytes(content)
        run = load_run(folder.path)
        ((repeat, found),) = explanations(run, [])
        images = explained_images(repeat, found)
        assert images is None or images.images.shape == (N, SIDE, SIDE, 3)
    path.unlink()
    assert_not_drawn(folder)
    folder.repeat(0).explanation_path.write_text("{")
    (section,) = build_report(gather([folder.path])).sections
    assert "repeats/0/explanation.json is damaged" in [text.text for text in section.texts]


def assert_not_drawn(folder) -> None:
    """The figure is left out, and the sentences stay."""
    (figure,) = [each for each in run_figures(collect(folder.path)) if each.name == "explanation_0"]
    assert figure.draw() is None
    assert len(sentences(folder)) == 2
