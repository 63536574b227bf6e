"""The networks of one repeat: one, or an ensemble that learns from the same images, one member after the other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cnnlab.config.schema import Config
from cnnlab.runs.folder import RepeatFolder
from cnnlab.training.checkpoint import CheckpointFolder
from cnnlab.training.fitting import Fitting, Hooks
from cnnlab.training.model import ensemble_model
from cnnlab.training.rules import Stopped
from cnnlab.training.seeds import member_seed


class Members:
    """Trains the members of a repeat's ensemble; with `training.ensemble` of 1, the repeat's one network.

    Member 0 keeps its files in the repeat's folder, the others in ``members/1``, ``members/2``, ...; its seed is the
    repeat's, so that it is the network that the repeat would have without an ensemble.
    """

    def __init__(
        self, config: Config, seed: int, folder: RepeatFolder, owner: dict[str, Any], hooks: Hooks
    ) -> None:
        """`seed` is the repeat's; `owner` tells whose checkpoints are meant."""
        self.config, self.seed, self.owner, self.hooks = config, seed, owner, hooks
        count = config.training.ensemble
        self.folders = [folder, *(folder.member(k).make() for k in range(1, count))]
        self.fitting: Fitting | None = None

    def train(
        self, build: Callable[[], Any], splits: dict[str, Any], class_weights: tuple[float, ...] | None
    ) -> tuple[Any, dict[str, Any]]:
        """Train every member, or go on where a checkpoint is; returns the model, and what a result says of it.

        `build` makes an untrained network. Raises Stopped as `hooks.check` does, with all that was reached saved.
        """
        trained = [self._member(k, build, splits, class_weights) for k in range(len(self.folders))]
        models, histories = zip(*trained, strict=True)
        history = {**histories[0], "ensemble": len(models)}
        return (models[0] if len(models) == 1 else ensemble_model(models)), history

    @property
    def said(self) -> np.ndarray | None:
        """What the trained network said of the validation images last, float32 (images, classes); None: not known."""
        return self.fitting.said if self.fitting is not None and len(self.folders) == 1 else None

    def save(self) -> None:
        """Write a checkpoint of the member that was last at work."""
        if self.fitting is not None:
            self.fitting.save()

    def remove_checkpoints(self) -> None:
        """Remove the checkpoints of all members."""
        for folder in self.folders:
            CheckpointFolder(folder.checkpoint_path, self.owner).remove()

    def _member(
        self, k: int, build: Callable[[], Any], splits: dict[str, Any], weights: tuple[float, ...] | None
    ) -> tuple[Any, dict[str, Any]]:
        import keras

        seed, folder = member_seed(self.seed, k), self.folders[k]
        keras.utils.set_random_seed(seed)
        model = build()
        # the rows of metrics.csv, and what is shown of them, are those of member 0
        hooks = self.hooks if k == 0 else replace(self.hooks, report=lambda row: None)
        checkpoints = CheckpointFolder(folder.checkpoint_path, {**self.owner, "member": k})
        self.fitting = Fitting(self.config, model, splits, seed, folder, checkpoints, hooks, weights)
        try:
            history = self.fitting.run()
        except Stopped:
            self.fitting.save()
            raise
        if len(self.folders) > 1:
            self.fitting.save()  # its end, for a run that is stopped while another member is at work
        return model, history
