"""Functions that are still as a hand-out leaves them: `pass`, or a result that is never returned."""

from ..contract import CALLERS, CHECKS
from ..editing import new_body
from .mistake import Mistake


def not_written(function: str) -> Mistake:
    """The mistake of leaving one function at `pass`."""
    return Mistake(
        name=f"{function}_not_written",
        identifier="not_written",
        function=function,
        grade="required",
        description="nothing but pass",
        vectorised=new_body("vectorised", function, "pass"),
        loops=new_body("loops", function, "pass"),
        consequences=CALLERS[function],
        stops_callers=True,
    )


def no_return(function: str, vectorised: tuple[str, str], loops: tuple[str, str]) -> Mistake:
    """The mistake of computing a result and not returning it."""
    return Mistake(
        name=f"{function}_returns_nothing",
        identifier="not_written",
        function=function,
        grade="required",
        description="the result is computed and not returned",
        vectorised=(vectorised,),
        loops=(loops,),
        consequences=CALLERS[function],
        stops_callers=True,
    )


MISTAKES = [
    *(not_written(function) for function in CHECKS),
    no_return(
        "pool2d_layer",
        ("    return blocks.max(axis=(1, 3))\n", "    out = blocks.max(axis=(1, 3))\n"),
        (
            "            out[i, j, :] = window.max(axis=(0, 1))\n    return out\n",
            "            out[i, j, :] = window.max(axis=(0, 1))\n",
        ),
    ),
    no_return(
        "flatten_layer",
        ("    return h.reshape(-1)\n", "    h = h.reshape(-1)\n"),
        ("                n += 1\n    return v\n", "                n += 1\n"),
    ),
]
