"""Asynchronous successive halving (Li et al. 2018, https://arxiv.org/abs/1810.05934), as Optuna decides it."""

from typing import Any

from cnnlab.training.rules import lower_is_better


class Asha:
    """Compares trainings at `min_epochs` epochs, and at each `reduction_factor` times as many as before.

    Whoever comes to such a point is compared with all that came there before: it continues if it is among the best of
    them, one in `reduction_factor`; of the first few, only if it is the best so far.
    """

    def __init__(self, metric: str, reduction_factor: int, min_epochs: int) -> None:
        """`metric` is a column of metrics.csv, which decides whether less of it is better."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.factor, self.min_epochs = reduction_factor, min_epochs
        self._study = optuna.create_study(
            direction="minimize" if lower_is_better(metric) else "maximize",
            sampler=optuna.samplers.RandomSampler(seed=0),  # nothing is ever drawn
            pruner=optuna.pruners.SuccessiveHalvingPruner(
                min_resource=min_epochs, reduction_factor=reduction_factor
            ),
        )
        self._trials: dict[str, Any] = {}

    def compares(self, before: int, epoch: int) -> bool:
        """Whether a training that was last heard of after the epoch `before` is compared after `epoch`."""
        point = self.min_epochs
        while point <= before:
            point *= self.factor
        return point <= epoch

    def falls_behind(self, name: str, epoch: int, value: float) -> bool:
        """Take the figure of a training, known by its name; True where it is to stop. Epochs must grow."""
        trial = self._trials.get(name)
        if trial is None:
            trial = self._trials[name] = self._study.ask()
        trial.report(value, epoch)
        return bool(trial.should_prune())
