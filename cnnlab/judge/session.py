"""One judged file at work: requests to its process, which is started anew when a check has ended it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnlab.judge.evaluation_data import EvaluationCase
from cnnlab.judge.limits import Limits
from cnnlab.judge.networks import Setup
from cnnlab.judge.outcome import Array, CallOutcome
from cnnlab.judge.sandbox import Child, ChildLost, ScratchFolder, end_strays
from cnnlab.judge.stand_ins import HELPERS

Replace = Mapping[str, str]


class LoadFailed(Exception):
    """Running the file itself went wrong; `outcome` says how."""

    def __init__(self, outcome: CallOutcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class ChildSession:
    """The process of one file, from the first request to `close`."""

    def __init__(self, file: Path, shared: Path, limits: Limits) -> None:
        """Prepare the scratch folder; nothing of the file runs yet."""
        self.scratch, self.limits = ScratchFolder(file, shared), limits
        self.child: Child | None = None
        self.helpers_first = False
        self.has: set[str] = set()
        self.methods: set[str] = set()

    def __enter__(self) -> "ChildSession":
        return self

    def __exit__(self, *details: object) -> None:
        self._end()
        end_strays(self.scratch.path)
        self.scratch.remove()

    def load(self) -> None:
        """Start the process and run the file; raises LoadFailed."""
        self.child = Child(self.scratch, self.limits)
        scratch = self.scratch
        request = {
            "do": "load",
            "module": scratch.module,
            "file": str(scratch.copy),
            "last_on_path": scratch.last_on_path(helpers_first=self.helpers_first),
            "memory_bytes": self.limits.memory_bytes,
            "file_bytes": self.limits.file_bytes,
            "writable": [str(scratch.path), str(scratch.shared)],
        }
        try:
            reply, _ = self.child.request(request, cpu_seconds=self.limits.import_seconds)
        except ChildLost as lost:
            self._end()
            raise LoadFailed(CallOutcome(lost.kind)) from lost
        error = reply["error"]
        if error is None:
            self.has, self.methods = set(reply["has"]), set(reply["methods"])
            return
        self._end()
        if not self.helpers_first and error.get("at") in [f"{name}.py" for name in HELPERS]:
            self.helpers_first = True
            self.load()
            return
        raise LoadFailed(CallOutcome.read(error, {}))

    def call(self, function: str, calls: Sequence[tuple[Any, ...]], replace: Replace) -> list[CallOutcome]:
        """Call a function with each tuple of arguments; when the process ends in it, every outcome says so."""
        arrays: dict[str, Array] = {}
        described = []
        for number, arguments in enumerate(calls):
            words: list[Any] = []
            for position, argument in enumerate(arguments):
                name = f"a{number}_{position}"
                words.append(argument if isinstance(argument, str) else ["array", name])
                if not isinstance(argument, str):
                    arrays[name] = argument
            described.append(words)
        request = {"do": "call", "function": function, "calls": described, "replace": dict(replace)}
        try:
            reply, results = self._request(request, arrays)
        except ChildLost as lost:
            return [CallOutcome(lost.kind)] * len(calls)
        return [CallOutcome.read(outcome, results) for outcome in reply["outcomes"]]

    def network(
        self,
        setup: Setup,
        steps: Sequence[str],
        replace: Replace,
        data: EvaluationCase,
        *,
        x: Array | None = None,
        seconds: float | None = None,
        sets_attributes: bool = False,
    ) -> "NetworkReply":
        """Build the file's network and do `steps`; see the child's `NetworkRun`."""
        request = {
            "do": "network",
            "lname": list(setup.lname),
            "activation": setup.activation,
            "numbers": data.numbers(),
            "steps": list(steps),
            "replace": dict(replace),
            "attributes": sets_attributes,
        }
        arrays = {f"data_{name}": array for name, array in data.data.items()}
        for kind, entries in (("W", setup.W), ("b", setup.b)):
            arrays |= {f"{kind}{i}": array for i, array in enumerate(entries) if array.size}
        if x is not None:
            arrays["x"] = x
        try:
            reply, results = self._request(request, arrays, seconds)
        except ChildLost as lost:
            return NetworkReply({}, {}, lost.kind)
        return NetworkReply(reply, results)

    def _request(
        self, request: dict[str, Any], arrays: dict[str, Array], seconds: float | None = None
    ) -> tuple[dict[str, Any], dict[str, Array]]:
        if self.child is None:
            try:
                self.load()
            except LoadFailed as failed:
                raise ChildLost("process_died") from failed
        assert self.child is not None
        try:
            return self.child.request(request, arrays, cpu_seconds=seconds)
        except ChildLost:
            self._end()
            raise

    def _end(self) -> None:
        if self.child is not None:
            self.child.end()
            self.child = None


class NetworkReply:
    """What came of the steps of a network."""

    def __init__(self, reply: dict[str, Any], arrays: dict[str, Array], lost: str | None = None) -> None:
        """Keep the reply; `lost` when the process ended in it."""
        self._reply, self._arrays, self.lost = reply, arrays, lost

    def __getitem__(self, step: str) -> CallOutcome:
        """The outcome of ``construct``, ``setup``, ``N``, ``set`` or ``evaluate``."""
        if self.lost:
            return CallOutcome(self.lost)
        return CallOutcome.read(self._reply.get(step) or {"kind": "missing"}, self._arrays)

    def of(self, step: str) -> CallOutcome:
        """The same; that of the constructor or of setup_model where one of them raises."""
        raised = (self[name] for name in ("construct", "setup") if self[name].kind == "raised")
        return next(raised, self[step])

    def samples(self, count: int) -> list[CallOutcome]:
        """The outcomes of ``sample``, one for each image."""
        if "sample" not in self._reply:
            return [self.of("setup")] * count
        return [CallOutcome.read(outcome, self._arrays) for outcome in self._reply["sample"]["outcomes"]]

    @property
    def built(self) -> bool:
        """Whether constructor and setup_model came to their end."""
        return not self.lost and self.of("setup").kind not in ("raised", "missing")

    @property
    def changed(self) -> list[str]:
        """Arrays of the data set or weights that were written into."""
        return [str(name) for name in self._reply.get("changed", ())]

    @property
    def cpu_seconds(self) -> float:
        return float(self._reply.get("cpu_seconds", 0.0))

    @property
    def microseconds(self) -> float | None:
        timed = self._reply.get("time") or {}
        return float(timed["microseconds"]) if "microseconds" in timed else None
