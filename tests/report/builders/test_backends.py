"""What a comparison of backends says of its folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from cnnlab.errors import RunError
from cnnlab.report.backends.agreement import agreement
from cnnlab.report.backends.gather import gather_backends
from cnnlab.report.backends.sentences import conclusion, conditions
from cnnlab.report.backends.write import write_comparison
from cnnlab.report.builders.backends import backends_document, backends_section
from cnnlab.report.render.data import to_json
from cnnlab.report.render.terminal import print_section
from cnnlab.runs.comparison_folder import FirstStep, FirstStepFigures
from tests.report.builders.fake_comparison import FIGURES, arrays, make_comparison, write_inputs

pytestmark = pytest.mark.heavy

ALIKE = {"tensorflow": (0.91, 0.93, 0.92), "torch": (0.92, 0.92, 0.925), "jax": (0.9, 0.935, 0.921)}
BACKENDS = tuple(ALIKE)


def said(folder: Any, backends: tuple[str, ...] = BACKENDS) -> str:
    console = Console(width=80, no_color=True)
    with console.capture() as capture:
        print_section(backends_section(gather_backends(folder, backends)), console)
    return capture.get()


def test_it_reads_at_80_columns_and_ends_with_the_answer(tmp_path: Path) -> None:
    text = said(make_comparison(tmp_path, ALIKE))
    assert max(map(len, text.splitlines())) <= 80
    assert "same bits, 12" in text  # 3 repeats of 4 epochs
    assert "Keras ready after, s" in text
    words = " ".join(text.split())
    assert "No difference in test accuracy beyond chance (3 pairs of repeats with the same seed" in words
    assert words.endswith("a smaller one less often.")


def test_a_difference_in_every_pair_is_more_than_chance(tmp_path: Path) -> None:
    better = {
        "tensorflow": (0.91, 0.93, 0.92, 0.9),
        "torch": (0.951, 0.97, 0.961, 0.939),
        "jax": (0.9, 0.935, 0.921, 0.91),
    }
    text = conclusion(gather_backends(make_comparison(tmp_path, better), BACKENDS))
    assert text.startswith(
        "There is a difference in test accuracy beyond chance: torch is +4.025 points from tensorflow"
    )
    assert "adjusted for 2 comparisons" in text
    assert text.endswith("The other backends differ no more than chance explains.")


def test_what_cannot_be_tested_is_said(tmp_path: Path) -> None:
    single = make_comparison(tmp_path / "a", {"tensorflow": (0.91,), "torch": (0.95,)})
    assert conclusion(gather_backends(single, BACKENDS)).startswith("One repeat each has no spread")
    equal = make_comparison(tmp_path / "b", {"tensorflow": (0.91, 0.92), "torch": (0.91, 0.92)})
    assert "every pair differs by the same amount" in conclusion(gather_backends(equal, BACKENDS))


def test_other_inputs_and_weights_are_told(tmp_path: Path) -> None:
    folder = make_comparison(tmp_path, ALIKE)
    torch = next(folder.runs_path.glob("*010000*"))
    write_inputs(torch / "repeats" / "1" / "inputs.csv", [17, 4, 5, 7])
    folder.write_first_step("jax", {**FIGURES, "weights_sha256": "b" * 64}, arrays())
    text = said(folder)
    assert "1 of 12 DIFFER" in text
    notes = list(conditions(gather_backends(folder, BACKENDS)))
    assert "torch saw other inputs in 1 of 12 epochs" in notes
    assert "jax did not start from the same weights or the same first batch, to the bit" in notes


def test_the_largest_distances_and_where() -> None:
    gradient = arrays()["conv/kernel"].copy()
    gradient[1, 0] += 0.25
    figures = FirstStepFigures(**FIGURES)
    theirs = FirstStep(figures, arrays())
    ours = FirstStep(figures.updated(FirstStepFigures(loss=2.5)), arrays(**{"conv/kernel": gradient}))
    found = agreement(ours, theirs)
    assert found is not None
    assert (found.gradient, found.where, found.largest_gradient) == (0.25, "conv/kernel", 2.0)
    assert found.loss == pytest.approx(0.2)
    assert found.probability == 0
    assert agreement(FirstStep(figures, arrays(other=np.zeros(1))), theirs) is None


def test_the_first_backend_that_is_named_is_the_reference(tmp_path: Path) -> None:
    found = gather_backends(make_comparison(tmp_path, ALIKE), ("jax", "tensorflow"))
    assert [side.backend for side in found.sides] == ["jax", "tensorflow"]
    assert found.comparison.labels == ("jax", "tensorflow")
    contrast = found.comparison.contrast(1, "test", "accuracy")
    assert contrast is not None
    assert contrast.difference == pytest.approx(0.92 - 0.918667, abs=1e-5)


def test_one_run_is_nothing_to_compare(tmp_path: Path) -> None:
    folder = make_comparison(tmp_path, {"torch": (0.9, 0.8)})
    with pytest.raises(RunError, match="holds runs of torch: two are needed"):
        gather_backends(folder, BACKENDS)


def test_the_files(tmp_path: Path) -> None:
    found = gather_backends(make_comparison(tmp_path, ALIKE), BACKENDS)
    names = {path.name for path in write_comparison(found)}
    assert names == {"comparison.md", "curves.png", "results.png"}
    content = json.loads((tmp_path / "comparison.json").read_text())
    assert content["conclusion"] == conclusion(found)
    assert content["sides"]["torch"]["inputs"] == {"epochs": 12, "same": 12}
    assert content == json.loads(json.dumps(to_json(backends_document(found))))
    assert (
        (tmp_path / "backends.csv")
        .read_text()
        .splitlines()[0]
        .startswith("section,name,data,backend,run,costs_epoch,")
    )
    page = (tmp_path / "comparison.md").read_text()
    assert "|  | tensorflow | torch | jax |" in page
    assert "![Mean validation curves of tensorflow, torch, jax.](curves.png)" in page


def test_costs_leave_out_the_first_epoch_and_validated_ones(tmp_path: Path) -> None:
    folder = make_comparison(tmp_path, {"tensorflow": (0.9, 0.8), "torch": (0.9, 0.7)})
    for path in folder.runs_path.glob("*/repeats/*/metrics.csv"):
        path.write_text("epoch,seconds,val_loss\n1,9,\n2,3,\n3,5,0.1\n4,4,\n")
    side = gather_backends(folder, BACKENDS).sides[1]
    assert (side.costs.epoch, side.costs.epochs) == (3.5, 4)
    assert (side.costs.memory, side.costs.framework, side.costs.first_step) == (1e9, 5.0, 1.5)
