"""What lies in a run folder as JSON: frozen models that writers construct and readers get.

A run folder may be half-written, damaged or a stranger's. So everything is bounded and made printable once, when it is
read: a field that is damaged, or of another type than its own, has its default, and a note says so.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from cnnlab.errors import printable
from cnnlab.files import plain
from cnnlab.reading import read_text

MOST_BYTES = 50_000_000
MOST_LEVELS = 50
MOST_VALUES = 1_000_000  # in one file
MOST_ENTRIES = 10_000  # in one list or map of it
MOST_CHARACTERS = 20_000  # in one text
MOST_REPEATS = 10_000
LARGEST = 2**63


def as_number(value: Any) -> float | None:
    """Return a number out of JSON as a float, "NaN" and "Infinity" included; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and value not in ("NaN", "Infinity", "-Infinity"):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def is_repeat_number(text: str) -> bool:
    """Whether `text` is the number of a repeat, as a key of status.json and as a folder's name."""
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) < MOST_REPEATS


def _number(value: Any, info: ValidationInfo) -> Any:
    """In a file anything else than a number is None; what is written must be a number."""
    return as_number(value) if isinstance(info.context, _Reading) else value


def _figures(value: Any) -> Any:
    return {} if value is None else value


Flag = StrictBool
Count = Annotated[int, Field(strict=True, ge=0, lt=LARGEST)]
RepeatNumber = Annotated[int, Field(strict=True, ge=0, lt=MOST_REPEATS)]
Number = Annotated[float | None, BeforeValidator(_number)]
"""A float that may be NaN or infinite; None for anything else in its place."""
Figures = Annotated[dict[str, Number], BeforeValidator(_figures), Field(max_length=1000)]
"""Numbers by their names, each a row of a table; null stands for none."""


@dataclass(frozen=True)
class _Reading:
    """The file that is being read, and where to note what is wrong with it."""

    file: str
    notes: list[str]

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)


class Record(BaseModel):
    """The base of all records. A field with a default may be missing or damaged in the file; one without must not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("*", mode="wrap")
    @classmethod
    def _default_where_damaged(
        cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        try:
            return handler(value)
        except ValidationError:
            field = cls.model_fields[str(info.field_name)]
            if not isinstance(info.context, _Reading) or field.is_required():
                raise
            info.context.note(f"{info.context.file}: {info.field_name} is damaged")
            return field.get_default(call_default_factory=True)

    def plain(self) -> dict[str, Any]:
        """The fields that were given, as the file holds them."""
        return dict(plain(self.model_dump(exclude_unset=True)))

    def updated(self, other: Self) -> Self:
        """A copy with the fields that were given to `other`."""
        return self.model_copy(update={name: getattr(other, name) for name in other.model_fields_set})


R = TypeVar("R", bound=Record)


def read_record(kind: type[R], path: Path, notes: list[str], name: str = "") -> R | None:
    """Read a JSON file; None, with a note, where it is missing, not a JSON object, or beyond all bounds.

    name: what notes call the file, if not by its own name.
    """
    name = name or path.name
    try:
        return parse_record(kind, read_object(path), name, notes)
    except FileNotFoundError:
        notes.append(f"{name} is missing")
    except (OSError, ValueError):
        notes.append(f"{name} is damaged")
    return None


def parse_record(kind: type[R], content: dict[str, Any], file: str, notes: list[str]) -> R:
    """Return the content of `file` as a record; fields that are damaged have their default, and a note.

    Raises ValueError where one without a default is missing or damaged.
    """
    return kind.model_validate(content, context=_Reading(file, notes))


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, printable. OSError: not readable. ValueError: anything else, or too large."""
    try:
        content = json.loads(read_text(path, MOST_BYTES))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return harmless(content)


def harmless(content: Any, most: int = MOST_VALUES) -> dict[str, Any]:
    """Return a map of plain data with all texts printable and none too long; an impossible integer becomes infinite.

    Raises ValueError for more values (each use of a shared one counts), entries of one list or map, or levels than
    `most`, `MOST_ENTRIES` and `MOST_LEVELS`, and for what JSON does not know, or is not a map.
    """
    cleaned = _Cleaner(most).value(content, 0)
    if not isinstance(cleaned, dict):
        raise ValueError(f"expected a map, got {type(content).__name__}")
    return cleaned


class _Cleaner:
    """Walks through plain data, and counts."""

    def __init__(self, most: int) -> None:
        self.left = most

    def value(self, value: Any, level: int) -> Any:
        self.left -= 1
        if self.left < 0 or level > MOST_LEVELS:
            raise ValueError("more values, or more levels, than are read")
        if isinstance(value, str):
            return printable(value[:MOST_CHARACTERS])
        if isinstance(value, dict | list) and len(value) > MOST_ENTRIES:
            raise ValueError(f"more than {MOST_ENTRIES:,} entries in one place")
        if isinstance(value, dict):
            return {self.key(key): self.value(entry, level + 1) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.value(entry, level + 1) for entry in value]
        if isinstance(value, int) and not -LARGEST < value < LARGEST:
            return math.inf if value > 0 else -math.inf
        if value is None or isinstance(value, bool | int | float):
            return value
        raise ValueError(f"expected plain data, got {type(value).__name__}")

    def key(self, key: Any) -> str:
        if not isinstance(key, str):
            raise ValueError(f"expected text as a key, got {type(key).__name__}")
        return printable(key[:MOST_CHARACTERS])
