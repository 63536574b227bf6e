"""What is wrong with a value, in words: pydantic's errors as sentences about keys."""

import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from cnnlab.errors import describe

Key = tuple[str | int, ...]

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a map of keys and values",
    "model_type": "a map of keys and values",
    "model_attributes_type": "a map of keys and values",
    "none_required": "nothing",
    "callable_type": "a function",
}
_LIMITS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("of at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("of at most", "le"),
}
UNKNOWN_NAME: Any = "unknown name"
"""The type of errors about a name that no registry has: an extension file may bring it."""

NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)([eE]\+?[0-9]+)?")
"""How numbers are written that a config reads as such."""

_PYDANTIC_TYPES = frozenset(get_args(core_schema.ErrorType))


def custom_error(sentence: str, kind: Any = "custom") -> PydanticCustomError:
    """Wrap a sentence of ours as pydantic's error."""
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence})


def custom_errors(found: Iterable[tuple[Key, str]]) -> ValidationError:
    """Pydantic's error that holds several sentences of ours, each with its key."""
    details = [InitErrorDetails(type=custom_error(text), loc=key, input=None) for key, text in found]
    return ValidationError.from_exception_data("config", details)


def relocated(error: Any, location: Key) -> InitErrorDetails:
    """An error of `ValidationError.errors()`, to be raised again at `location`."""
    kind = error["type"]
    if kind not in _PYDANTIC_TYPES:
        kind = custom_error(error["msg"], kind)
    return InitErrorDetails(type=kind, loc=location, input=error["input"], ctx=error.get("ctx", {}))


def explain(errors: Iterable[Any], value: Any) -> list[tuple[Key, str]]:
    """Say what is wrong with `value`: one sentence for each key, in the order of `errors`.

    Pydantic reports each branch of a union on its own; here they become one sentence.
    """
    groups: dict[Key, list[Any]] = {}
    for error in errors:
        groups.setdefault(_key(error, value), []).append(error)
    found = []
    for key, group in groups.items():
        expected = list(dict.fromkeys(text for text in map(_expectation, group) if text is not None))
        if len(expected) < len({_sentence(error) for error in group}):
            found += [(key, text) for text in dict.fromkeys(map(_sentence, group))]
        elif not any(other[: len(key)] == key for other in groups if len(other) > len(key)):
            found.append((key, _expected(expected, group[0])))
    return found


def _key(error: Any, value: Any) -> Key:
    """The key that an error is about: its location without pydantic's names for the branches of a union."""
    if error["type"] in {"custom", UNKNOWN_NAME}:
        return tuple(error["loc"])
    key: list[str | int] = []
    *path, last = error["loc"] or (None,)
    for part in [*path, last]:
        if _holds(value, part):
            value = value[part]
        elif isinstance(value, str) and part == value:  # an item without parameters: "- flatten"
            value = None
        elif not (part is last and error["type"] == "missing" and isinstance(part, str)):
            continue
        key.append(part)
    return tuple(key)


def _holds(value: Any, part: Any) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list | tuple) and isinstance(part, int) and part < len(value)


def _expectation(error: Any) -> str | None:
    """What an error says was expected; None where it says something else."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind in _LIMITS:
        words, limit = _LIMITS[kind]
        return f"a number {words} {_plain(context[limit])}"
    if kind == "is_instance_of":
        return {"PathLike": "a path", "Sequence": "a list"}.get(context["class"])
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind == "too_short":
        return f"at least {context['min_length']} item{'s' if context['min_length'] > 1 else ''}"
    if kind == "too_long":
        return f"a list of {context['max_length']}"
    if kind == "missing" and error["loc"] and isinstance(error["loc"][-1], int):
        return "a longer list"
    return None


def _expected(expected: list[str], error: Any) -> str:
    received = error["input"]
    hint = ""
    if isinstance(received, str) and _reads_as(received, expected):
        hint = " (leave out the quotes)"
    elif received is None and "a list" in expected:
        hint = " (an empty list is [])"
    return f"expected {', or '.join(expected)}, got {describe(received)}{hint}"


def _sentence(error: Any) -> str:
    expected = _expectation(error)
    if expected is not None:
        return _expected([expected], error)
    if error["type"] == "missing":
        return "this key is required"
    return str(error["msg"]).removeprefix("Value error, ").rstrip(".")


def _reads_as(text: str, expected: list[str]) -> bool:
    """Whether `text` would be the number that is expected, if it were not in quotes."""
    number = any("number" in each and "whole" not in each for each in expected)
    whole = any("whole number" in each for each in expected)
    return (number and NUMBER.fullmatch(text) is not None) or (whole and WHOLE.fullmatch(text) is not None)


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.16g}"
