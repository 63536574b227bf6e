"""The race of a sweep's cells in their first repeat: who hears what, who is stopped, and that it stays so."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnlab.config.consistency import race_contradictions
from cnnlab.config.sweep_schema import AshaSettings
from cnnlab.errors import ConfigError, counted
from cnnlab.experiments.asha import Asha
from cnnlab.experiments.plan import CellPlan, Plan
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.metrics_log import read_metrics
from cnnlab.runs.races import RaceFigure, RaceLog
from cnnlab.runs.sweeps import has_begun
from cnnlab.training.rules import lower_is_better
from cnnlab.training.undefined import why_undefined

REPEAT = 0  # in which the cells race


class Race:
    """Decides on each figure as it is heard, and writes it down; what an earlier start decided, stays."""

    def __init__(self, plan: Plan) -> None:
        """Take up the race of a sweep where its folder's record, and the curves of its cells, have it."""
        settings = plan.experiment.race
        assert settings is not None and plan.folder is not None  # made before a race begins
        self.metric = settings.metric
        self.epochs = {cell.entry.hash: cell.config.training.epochs for cell in plan.cells}
        self._asha = Asha(
            self.metric,
            settings.reduction_factor,
            first_comparison(settings, list(self.epochs.values())),
        )
        removed = {cell.entry.hash for cell in plan.cells if not has_begun(cell.path)}
        self._log = RaceLog(plan.folder, removed)  # what was removed is trained anew
        self.stops = {one.cell: one for one in self._log.figures if one.stopped}
        self._last: dict[str, int] = {}
        for one in self._log.figures:
            if one.metric == self.metric and one.epoch > self._last.get(one.cell, 0):
                self._asha.falls_behind(one.cell, one.epoch, one.value)
                self._last[one.cell] = one.epoch
        for cell in plan.cells:
            for row in _curve(cell.path):
                self.hear(cell.entry.hash, row, may_stop=REPEAT in cell.waiting)

    def hear(self, cell: str, row: Mapping[str, Any], *, may_stop: bool = True) -> bool:
        """Take the figures of a cell, known by its hash, after an epoch; True where it is to stop by them."""
        epoch, value = int(row["epoch"]), row.get(self.metric)
        before = self._last.get(cell, 0)
        racing = cell in self.epochs and cell not in self.stops and before < epoch < self.epochs[cell]
        if value is None or not racing or not self._asha.compares(before, epoch):
            return False
        if math.isnan(value) and not lower_is_better(self.metric):
            return False  # undefined: compared where it next comes to be defined
        behind = self._asha.falls_behind(cell, epoch, float(value)) and may_stop
        figure = RaceFigure(cell=cell, epoch=epoch, metric=self.metric, value=float(value), stopped=behind)
        self._log.append(figure)
        self._last[cell] = epoch
        if behind:
            self.stops[cell] = figure
        return behind


def first_comparison(settings: AshaSettings, epochs: list[int]) -> int:
    """The epochs before cells with so many epochs are first compared."""
    least = min(epochs) // settings.reduction_factor**2
    return max(1, least) if settings.min_epochs is None else int(settings.min_epochs)


def require_race(settings: AshaSettings, cells: list[CellPlan]) -> None:
    """Raise ConfigError where the cells cannot race as ``sweep.early_stop`` asks."""
    first = first_comparison(settings, [cell.config.training.epochs for cell in cells])
    for cell in cells:
        config, training = cell.config, cell.config.training
        validated = config.data.validation_fraction > 0 or cell.data.validation is not None
        for key, text in race_contradictions(settings, config, validated=validated):
            raise ConfigError(f"{config.name}: {'.'.join(map(str, key))}: {text}.")
        reason = why_undefined(settings.metric, config, cell.data)
        if reason is not None:
            raise ConfigError(f"{config.name}: sweep.early_stop.asha.metric: {reason}.")
        every = training.validation_every
        if -(-first // every) * every >= training.epochs:
            raise ConfigError(
                f"{config.name}: sweep.early_stop: the first comparison comes after {counted(first, 'epoch')}, and of "
                f"{counted(training.epochs, 'epoch')}, every {every} validated, only the last could be compared: lower "
                "sweep.early_stop.asha.min_epochs or training.validation_every."
            )


def _curve(cell: Path) -> list[dict[str, Any]]:
    """The rows of a cell's first repeat so far."""
    columns = read_metrics(RunFolder(cell).repeat(REPEAT).metrics_path)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
