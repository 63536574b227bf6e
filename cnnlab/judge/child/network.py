"""Building the file's `CNN` and running it, step by step, so that it is known which step failed."""

import time
from collections.abc import Callable
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


class NetworkRun:
    """One network: built with the request's weights, then asked to do the request's steps.

    Steps: ``sample`` (every image of the array x alone), ``set`` (all of x), ``evaluate``, ``time``.
    """

    def __init__(
        self,
        module: ModuleType | None,
        file: str,
        request: dict[str, Any],
        arrays: Arrays,
        results: Arrays,
        streams: Streams,
    ) -> None:
        """Nothing of the file is called yet; `results` is for the arrays that come back."""
        self.module, self.file, self.request = module, file, request
        self.arrays, self.results, self.streams = arrays, results, streams
        self.reply: dict[str, Any] = {}
        self.model: Any = None

    def run(self) -> dict[str, Any]:
        given = {name[5:]: array for name, array in self.arrays.items() if name.startswith("data_")}
        handed = copies(given)
        W, b = layer_weights(self.request, self.arrays)
        named = {f"W{i}": w for i, w in enumerate(W)} | {f"b{i}": w for i, w in enumerate(b)}
        weights = {name: w for name, w in named.items() if isinstance(w, np.ndarray)}
        if self._build(handed, W, b):
            steps = {
                "sample": self._samples,
                "set": self._set,
                "evaluate": self._evaluate,
                "time": self._time,
            }
            for name in self.request["steps"]:
                self.reply[name] = steps[name]()
        originals = {name: self.arrays[name] for name in weights}
        self.reply["changed"] = changed(given, handed) + changed(originals, weights)
        return self.reply

    def _build(self, data: Arrays, W: list[Any], b: list[Any]) -> bool:
        """Call constructor and setup_model; whether both came to their end."""
        lname, activation = self.request["lname"], self.request["activation"]

        def construct() -> None:
            self.model = self.module.CNN(DataSet(data, self.request["numbers"]), True)  # type: ignore[union-attr]

        def set_up() -> Any:
            if self.request[
                "attributes"
            ]:  # setup_model is not written: what it would keep, under the usual names
                vars(self.model).update(W=W, b=b, lname=list(lname), activation=activation)
            return self.model.setup_model(W, b, list(lname), activation)

        for name, call in (("construct", construct), ("setup", set_up)):
            self.streams.printed()  # what the constructor prints is nobody's business
            self.reply[name] = self._outcome(call, name)
            if self.reply[name]["kind"] == "raised":
                return False
        self.reply["setup"]["printed"], _ = self.streams.printed()
        self.reply["N"] = describe(getattr(self.model, "N", None), "N", self.results)
        return True

    def _outcome(self, call: Callable[[], Any], key: str) -> dict[str, Any]:
        return outcome_of(call, self.file, key, self.results)

    def _samples(self) -> dict[str, Any]:
        call = self.model.feedforward_sample
        outcomes = [
            twice(call, [["array", "h"]], {"h": image}, self.file, f"sample{number}", self.results)
            for number, image in enumerate(self.arrays["x"])
        ]
        return {"outcomes": outcomes}

    def _set(self) -> dict[str, Any]:
        handed = self.arrays["x"].copy()
        outcome = self._outcome(lambda: self.model.feedforward(handed), "set")
        return outcome | {"changed": changed({"x": self.arrays["x"]}, {"x": handed})}

    def _evaluate(self) -> dict[str, Any]:
        def call() -> Any:
            value = self.model.evaluate()
            return list(value.values()) if isinstance(value, dict) else value

        outcome = self._outcome(call, "evaluate")
        printed, errors = self.streams.printed()
        return outcome | {"printed": printed, "errors": errors}

    def _time(self) -> dict[str, Any]:
        """The shortest time that one image took, after as many as fit into a moment."""
        shortest, end = float("inf"), time.perf_counter() + LONGEST_TIMING
        while True:
            for image in self.arrays["x"]:
                started = time.perf_counter()
                self.model.feedforward_sample(image)
                shortest = min(shortest, time.perf_counter() - started)
                if time.perf_counter() > end:
                    return {"microseconds": shortest * 1e6}
