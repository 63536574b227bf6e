"""Whether the packages are installed that a config needs beside cnnlab's own, where it is about to be trained."""

from typing import Any

from pydantic import AfterValidator, ValidationInfo

from cnnlab.backends import BACKENDS
from cnnlab.items import Item
from cnnlab.loggers import logger
from cnnlab.packages import missing

TO_BE_TRAINED = "to be trained"
"""The key of a validation's context that asks for it: a finished run is read and used without its loggers."""


def _backend(name: str, info: ValidationInfo) -> str:
    _refuse(BACKENDS[name].lacks(), info)
    return name


def _logger(item: Item, info: ValidationInfo) -> Item:
    traits = logger.get(item.name).traits
    lacks = missing(traits["package"], traits["extra"]) if "package" in traits else None
    _refuse(lacks and f"'{item.name}' {lacks}, or leave it out with --set logging=[]", info)
    return item


def _early_stop(choice: Any, info: ValidationInfo) -> Any:
    lacks = missing("optuna", "asha") if choice is not None else None
    way_out = "train every cell to its end with --set sweep.early_stop=null"
    _refuse(lacks and f"asha {lacks}, or {way_out}", info)
    return choice


def _refuse(reason: str | None, info: ValidationInfo) -> None:
    if reason is not None and (info.context or {}).get(TO_BE_TRAINED):
        raise ValueError(reason)


BackendInstalled = AfterValidator(_backend)
LoggerInstalled = AfterValidator(_logger)
EarlyStopInstalled = AfterValidator(_early_stop)
