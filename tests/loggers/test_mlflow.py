"""MLflow's local store, read back with its own client; only where the package is installed."""

import warnings
from pathlib import Path
from typing import Any

import pytest

from cnnlab.loggers import RunInfo
from cnnlab.loggers.threads import Loggers
from tests.loggers.conftest import RESULT, ROWS

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_parent_run_and_a_child_for_each_repeat(run_info: RunInfo, item: Any, tmp_path: Path) -> None:
    """Parameters, curves, final metrics, seeds, and how each ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow = pytest.importorskip("mlflow")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    told: list[str] = []
    loggers = Loggers([item("mlflow", experiment="mine", tracking_uri=uri)], run_info, told.append)
    loggers.start_repeat(0)
    for row in ROWS:
        loggers.epoch(0, row)
    loggers.end_repeat(0, "done", RESULT)
    loggers.start_repeat(1)
    loggers.epoch(1, ROWS[0])
    loggers.end_repeat(1, "failed", None)
    loggers.start_repeat(2)
    loggers.close("interrupted", 60)
    assert told == []
    client = mlflow.MlflowClient(uri)
    experiment = client.get_experiment_by_name("mine")
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    parent = runs[run_info.folder.name]
    assert parent.info.status == "KILLED"
    assert parent.data.params == {
        "name": "tiny",
        "model.0.conv.filters": "8",
        "model.1": "flatten",
        "seed": "0",
    }
    children = [runs[f"{run_info.folder.name} repeat {k}"] for k in range(3)]
    assert [child.info.status for child in children] == ["FINISHED", "FAILED", "KILLED"]
    assert {child.data.tags["mlflow.parentRunId"] for child in children} == {parent.info.run_id}
    assert children[0].data.params == {"seed": "7"}
    history = client.get_metric_history(children[0].info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(1, 2.5), (2, 1.25)]
    assert children[0].data.metrics["validation_accuracy"] == 0.5
    assert "validation_loss" not in children[0].data.metrics
