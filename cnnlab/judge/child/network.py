"""Building the file's `CNN` and running it, step by step, so that it is known which step failed."""

import time
from types import ModuleType
from typing import Any

import numpy as np

from cnnlab.judge.child.outcome import changed, copies, describe, outcome_of, twice
from cnnlab.judge.child.replace import layer_weights
from cnnlab.judge.child.streams import Streams

Arrays = dict[str, np.ndarray]
LONGEST_TIMING = 0.3  # seconds


class DataSet:
    """The data set that a network is given; its attributes are those of the interface."""

    verbose = True

    def __init__(self, arrays: Arrays, numbers: dict[str, int]) -> None:
        """Take arrays under names such as ``x_train`` and numbers such as ``K``."""
        vars(self).update(arrays | numbers)


def run_network(
    module: ModuleType | None,
    file: str,
    request: dict[str, Any],
    arrays: Arrays,
    results: Arrays,
    streams: Streams,
) -> dict[str, Any]:
    """Make a network with the request's weights, then do its steps.

    Steps: ``sample`` (every image of the array x alone), ``set`` (all of x), ``evaluate``, ``time``.
    """
    given = {name[5:]: array for name, array in arrays.items() if name.startswith("data_")}
    handed = copies(given)
    W, b = layer_weights(request, arrays)
    weights = {f"W{i}": w for i, w in enumerate(W)} | {f"b{i}": w for i, w in enumerate(b)}
    weights = {name: w for name, w in weights.items() if isinstance(w, np.ndarray)}
    reply: dict[str, Any] = {}
    made: dict[str, Any] = {}

    def step(name: str, call: Any, key: str) -> bool:
        reply[name] = outcome_of(call, file, key, results)
        return reply[name]["kind"] != "raised"

    def construct() -> None:
        made["model"] = module.CNN(DataSet(handed, request["numbers"]), True)  # type: ignore[union-attr]

    def set_up() -> Any:
        if request["attributes"]:  # setup_model is not written: what it would keep, under the usual names
            vars(made["model"]).update(
                W=W, b=b, lname=list(request["lname"]), activation=request["activation"]
            )
        return made["model"].setup_model(W, b, list(request["lname"]), request["activation"])

    constructed = step("construct", construct, "construct")
    streams.printed()  # what the constructor prints is nobody's business
    if constructed and step("setup", set_up, "setup"):
        model = made["model"]
        reply["setup"]["printed"], _ = streams.printed()
        reply["N"] = describe(getattr(model, "N", None), "N", results)
        steps = {"sample": _samples, "set": _set, "evaluate": _evaluate, "time": _time}
        for name in request["steps"]:
            reply[name] = steps[name](model, file, arrays.get("x"), results)
            if name == "evaluate":
                reply[name]["printed"], reply[name]["errors"] = streams.printed()
    originals = {name: arrays[name] for name in weights}
    reply["changed"] = changed(given, handed) + changed(originals, weights)
    return reply


def _samples(model: Any, file: str, x: Any, results: Arrays) -> dict[str, Any]:
    outcomes = []
    for number, image in enumerate(x):
        call, key = model.feedforward_sample, f"sample{number}"
        outcomes.append(twice(call, [["array", "h"]], {"h": image}, file, key, results))
    return {"outcomes": outcomes}


def _set(model: Any, file: str, x: Any, results: Arrays) -> dict[str, Any]:
    handed = x.copy()
    outcome = outcome_of(lambda: model.feedforward(handed), file, "set", results)
    return outcome | {"changed": changed({"x": x}, {"x": handed})}


def _evaluate(model: Any, file: str, x: Any, results: Arrays) -> dict[str, Any]:
    def call() -> Any:
        value = model.evaluate()
        return list(value.values()) if isinstance(value, dict) else value

    return outcome_of(call, file, "evaluate", results)


def _time(model: Any, file: str, x: Any, results: Arrays) -> dict[str, Any]:
    """The shortest time that one image took, after as many as fit into a moment."""
    shortest, end = float("inf"), time.perf_counter() + LONGEST_TIMING
    while True:
        for image in x:
            started = time.perf_counter()
            model.feedforward_sample(image)
            shortest = min(shortest, time.perf_counter() - started)
            if time.perf_counter() > end:
                return {"microseconds": shortest * 1e6}
