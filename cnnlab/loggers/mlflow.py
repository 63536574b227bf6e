"""MLflow: one parent run, and a child run for each repeat."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from cnnlab.dotted_keys import flatten
from cnnlab.loggers.base import Logger, Name, RunInfo, figures, final_figures, logger

ENDS = {"done": "FINISHED", "interrupted": "KILLED", "stopped": "KILLED", "partial": "FINISHED"}
LONGEST_PARAMETER = 500  # characters; MLflow refuses longer ones from some version down
PER_BATCH = 100


@logger(package="mlflow", extra="mlflow")
def mlflow(*, experiment: Name = "cnnlab", tracking_uri: Name | None = None) -> Logger:
    """Logs to a local MLflow store: one parent run, a child run for each repeat.

    Parameters:
        experiment: MLflow's experiment that the runs belong to; made when it is missing.
        tracking_uri: Where the store is, as MLflow takes it; null: $MLFLOW_TRACKING_URI, else mlflow.db here.
    """
    return MLflow(experiment, tracking_uri)


class MLflow(Logger):
    """Parameters are the config's flat keys, metrics the columns of metrics.csv over epochs."""

    def __init__(self, experiment: str, tracking_uri: str | None) -> None:
        self.experiment = experiment
        self.tracking_uri = tracking_uri

    def start(self, run: RunInfo) -> None:
        from mlflow import MlflowClient

        for name in ("mlflow", "alembic"):  # the store's own messages do not belong into a run's display
            logging.getLogger(name).setLevel(logging.ERROR)
        self.client = MlflowClient(self.tracking_uri)
        found = self.client.get_experiment_by_name(self.experiment)
        self.experiment_id = found.experiment_id if found else self.client.create_experiment(self.experiment)
        self.children: dict[int, str] = {}
        self.name = run.folder.name
        tags = {"cnnlab.folder": str(run.folder.resolve()), "cnnlab.name": run.name}
        self.parent = self._create(self.name, tags)
        self._parameters(self.parent, flatten(run.config).items())

    def start_repeat(self, repeat: int) -> None:
        tags = {"mlflow.parentRunId": self.parent, "cnnlab.repeat": str(repeat)}
        self.children[repeat] = self._create(f"{self.name} repeat {repeat}", tags)

    def epoch(self, repeat: int, row: Mapping[str, float | int | None]) -> None:
        self._metrics(self.children[repeat], int(row["epoch"] or 0), figures(row).items())

    def end_repeat(self, repeat: int, status: str, result: Mapping[str, Any] | None) -> None:
        child = self.children.pop(repeat, None)
        if child is None:
            return
        if result is not None:
            self._parameters(child, [("seed", result.get("seed"))])
            self._metrics(child, int(result.get("epochs") or 0), final_figures(result))
        self.client.set_terminated(child, ENDS.get(status, "FAILED"))

    def end(self, status: str) -> None:
        for child in self.children.values():
            self.client.set_terminated(child, "KILLED")
        self.client.set_terminated(self.parent, ENDS.get(status, "FAILED"))

    def _create(self, name: str, tags: dict[str, str]) -> str:
        run = self.client.create_run(self.experiment_id, run_name=name, tags=tags)
        return str(run.info.run_id)

    def _metrics(self, run_id: str, step: int, values: Iterable[tuple[str, float]]) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        self.client.log_batch(run_id, metrics=[Metric(name, value, now, step) for name, value in values])

    def _parameters(self, run_id: str, values: Iterable[tuple[str, Any]]) -> None:
        from mlflow.entities import Param

        params = [Param(key, str(value)[:LONGEST_PARAMETER]) for key, value in values]
        for first in range(0, len(params), PER_BATCH):
            self.client.log_batch(run_id, params=params[first : first + PER_BATCH])
