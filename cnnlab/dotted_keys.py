"""Nested data as one level, with keys as ``--set`` writes them."""

from collections.abc import Iterable, Mapping
from typing import Any


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """Return nested data as one level, with keys as ``--set`` writes them: ``model.0.conv_block.filters``."""
    if isinstance(value, Mapping) and value:
        items: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list | tuple) and value:
        items = enumerate(value)
    else:
        return {prefix: value}
    flat: dict[str, Any] = {}
    for key, entry in items:
        flat |= flatten(entry, f"{prefix}.{key}" if prefix else str(key))
    return flat
