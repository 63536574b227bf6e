"""Loggers: where else a training is logged, beside the run folder.

A config names them (``logging: [tensorboard, mlflow, wandb]``). They run in threads of the parent process, never in a
worker, and none can harm a run; see `cnnlab.loggers.threads`.
"""

from cnnlab.loggers.base import Logger, RunInfo, logger
from cnnlab.loggers.mlflow import mlflow
from cnnlab.loggers.tensorboard import tensorboard
from cnnlab.loggers.wandb import wandb

__all__ = ["Logger", "RunInfo", "logger", "mlflow", "tensorboard", "wandb"]
