"""Labels of the keys and values of a sweep: short and distinct."""

from collections.abc import Sequence
from typing import Any

from cnnlab.errors import shown

LONGEST_VALUE = 40  # characters of a value in a label


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """By dotted key, its last parts: as few as distinguish it from the other keys, and not a number alone."""
    found = {}
    for key in keys:
        parts = key.split(".")
        for count in range(1, len(parts) + 1):
            ending = parts[-count:]
            twice = sum(other.split(".")[-count:] == ending for other in keys) > 1
            if not twice and not ending[0].isdigit():
                break
        found[key] = ".".join(ending)
    return found


def value_text(value: Any) -> str:
    """A value as labels show it: short, on one line."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return shown("{" + ", ".join(f"{k}: {value_text(v)}" for k, v in value.items()) + "}", LONGEST_VALUE)
    if isinstance(value, list | tuple):
        return shown("[" + ", ".join(map(value_text, value)) + "]", LONGEST_VALUE)
    return shown(value, LONGEST_VALUE)
