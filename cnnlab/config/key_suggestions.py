"""Where a key belongs that stands in the wrong section of a config, or was typed as an option."""

from typing import Any

from cnnlab.config.data_section import Data
from cnnlab.config.schema import Config
from cnnlab.config.sections import Evaluation
from cnnlab.config.training_section import Training
from cnnlab.errors import shown
from cnnlab.optimizers import optimizer
from cnnlab.schedules import schedule


def full_key(key: str) -> str | None:
    """The dotted path at which `key` is valid, such as "training.epochs"; None where nobody knows."""
    if key in Config.model_fields:
        return key
    for section, model in (("training", Training), ("data", Data), ("evaluation", Evaluation)):
        if key in model.model_fields:
            return f"{section}.{key}"
    for section, registry in (("training.optimizer", optimizer), ("training.schedule", schedule)):
        if any(key in registry.get(name).parameters.model_fields for name in registry):
            return f"{section}.{key}"
    return None


def with_suggestion(error: Any) -> Any:
    """A validation error, with the right section in its message where it is about a key in a wrong one."""
    location = error["loc"]
    if error["type"] != "unknown key" or len(location) > 2:
        return error
    place = full_key(str(location[-1]))
    if place is None:
        return error
    where = place if "." in place else f"{place}' at the top level, beside '{location[0]}"
    _, _, valid = error["msg"].partition("; ")
    return {**error, "msg": f"unknown key '{shown(location[-1])}' (did you mean '{where}'?); {valid}"}
