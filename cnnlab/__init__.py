"""cnnlab: small, controlled CNN experiments on images.

From Python, as in a notebook:

    import cnnlab

    run = cnnlab.train("configs/quickstart.yaml")  # or a dict
    run = cnnlab.load_run("latest")                # or a folder, a name, a part of one
    runs = cnnlab.load_runs("lab*")                # a list; runs.to_dataframe() with pandas
    found = cnnlab.verify(smoke=True)              # found.passed
    cnnlab.predict("latest", "predictions.csv", inputs=["folder/of/images"])
    cnnlab.report("lab*", group=True, output="out")
    cnnlab.judge("submissions").passed             # somebody's own cnn.py
    cnnlab.compare("my.yaml", backends=["tensorflow", "torch"])["conclusion"]

Importing it is instant: everything else is imported when it is first used.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from cnnlab.version import __version__

if TYPE_CHECKING:
    from cnnlab.api import (
        Verification,
        compare,
        estimate,
        evaluate,
        explain,
        judge,
        load_run,
        load_runs,
        predict,
        report,
        resume,
        resume_sweep,
        sweep,
        train,
        verify,
    )
    from cnnlab.errors import CnnlabError
    from cnnlab.runs.read import Run, Runs
    from cnnlab.runs.run_data import RepeatResult

__all__ = [
    "CnnlabError",
    "RepeatResult",
    "Run",
    "Runs",
    "Verification",
    "__version__",
    "compare",
    "estimate",
    "evaluate",
    "explain",
    "judge",
    "load_run",
    "load_runs",
    "predict",
    "report",
    "resume",
    "resume_sweep",
    "sweep",
    "train",
    "verify",
]

_HOMES = {
    "CnnlabError": "cnnlab.errors",
    "RepeatResult": "cnnlab.runs.run_data",
    "Run": "cnnlab.runs.read",
    "Runs": "cnnlab.runs.read",
}
_HOMES |= {name: "cnnlab.api" for name in __all__ if name not in {"__version__", *_HOMES}}


class _Package(ModuleType):
    """This package: its functions keep their names, although rooms such as ``cnnlab/verify`` bear the same."""

    def __getattr__(self, name: str) -> Any:
        """Import what is asked for from where it lives."""
        if name not in _HOMES:
            raise AttributeError(f"module 'cnnlab' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; but the import of a room does not hide the function of that name."""
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """What completion offers."""
        return sorted({*self.__dict__, *__all__})


sys.modules[__name__].__class__ = _Package
