"""Paths in a config: relative ones count from the folder of the config file, wherever the command runs."""

from pathlib import Path
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema


def resolve_path(value: object, info: ValidationInfo) -> Path:
    """Return `value` as an absolute path, with ``~`` expanded.

    A relative path counts from ``info.context["directory"]``, or from the working directory without one.

    Raises ValueError, which pydantic turns into its own error, for anything but non-empty text or a path.
    """
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError(f"expected a path as text, got {value!r}")
    directory = (info.context or {}).get("directory") or Path.cwd()
    try:
        return (Path(directory) / Path(value).expanduser()).resolve()
    except (RuntimeError, OSError, ValueError) as error:
        raise ValueError(f"expected a path, got {value!r} ({error})") from None


ConfigPath = Annotated[
    Path,
    PlainValidator(resolve_path),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string"}),
]
"""Annotation for a parameter that holds a path: text in the config, an absolute `Path` in the program."""
