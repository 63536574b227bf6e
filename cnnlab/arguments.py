"""What Python code passes to `cnnlab.train` and its like, as the plain data that a config would give."""

import functools
import inspect
import numbers
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from cnnlab.config_errors import explain
from cnnlab.errors import ConfigError
from cnnlab.registry import unknown_key

MOST_LEVELS = 100
STRICT = ConfigDict(strict=True, arbitrary_types_allowed=True)
P = ParamSpec("P")
R = TypeVar("R")


def plain_value(value: Any, level: int = 0) -> Any:
    """Return NumPy's numbers, texts and arrays, tuples, paths and the like as YAML would have given them.

    What has no such form stays as it is, for whoever checks it to name. Raises ConfigError where a value holds itself.
    """
    if level > MOST_LEVELS:
        raise ConfigError(f"a value is nested too deeply: at most {MOST_LEVELS} levels are read.")
    if value is None or type(value) in (bool, int, float, str):
        return value
    # NumPy's arrays, and its scalars, of which some are numbers or texts of Python, too
    if hasattr(value, "tolist"):
        return plain_value(value.tolist(), level + 1)
    if isinstance(value, Mapping):
        return {_plain_key(key): plain_value(entry, level + 1) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(entry, level + 1) for entry in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, str):  # a member of an enumeration
        return str.__str__(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def _plain_key(key: Any) -> Any:
    """A key as text, if it is that, or a whole number, as a class may be called."""
    key = plain_value(key)
    return str(key) if type(key) is int else key


def checked(*settings: Callable[[], type]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function: its arguments arrive as plain data, and as its annotations say.

    A single text stands for a sequence of one, a list among positional arguments for its items, a `Run` for its folder.
    `settings` give the typed dictionaries that describe further keyword arguments. Annotations that are text, such as
    those of callbacks, are left to the function. Raises ConfigError with all that is wrong.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs)
            errors: list[str] = []
            for name, parameter in signature.parameters.items():
                if name not in given.arguments:
                    continue
                value, hint = given.arguments[name], parameter.annotation
                if parameter.kind is parameter.VAR_POSITIONAL:
                    value = tuple(_checked(name, each, hint, errors) for each in _flat(value))
                elif parameter.kind is parameter.VAR_KEYWORD:
                    hints = {
                        n: h
                        for kind in settings
                        for n, h in get_type_hints(kind(), include_extras=True).items()
                    }
                    value = dict(_checked_settings(value, hints, errors))
                else:
                    value = _checked(name, value, hint, errors)
                given.arguments[name] = value
            if errors:
                raise ConfigError("\n".join(f"cnnlab.{function.__name__}: {error}." for error in errors))
            return function(*given.args, **given.kwargs)

        return call

    return decorated


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, list | tuple) else [value]


def _checked_settings(
    given: Mapping[str, Any], hints: Mapping[str, Any], errors: list[str]
) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if name in hints:
            yield name, _checked(name, value, hints[name], errors)
        else:
            errors.append(unknown_key(name, hints).replace("unknown key", "unknown argument", 1))


def _checked(name: str, value: Any, hint: Any, errors: list[str]) -> Any:
    """The value as plain data, if it is what the annotation says; else what is wrong joins the errors."""
    if isinstance(hint, str):
        return value
    plain = plain_value(getattr(value, "path", value))
    options = get_args(hint) if get_origin(hint) is not Sequence else (hint,)
    if (
        isinstance(plain, str)
        and any(get_origin(option) is Sequence for option in options)
        and str not in options
    ):
        plain = (plain,)
    try:
        return TypeAdapter(hint, config=STRICT).validate_python(
            tuple(plain) if isinstance(plain, list) else plain
        )
    except ValidationError as error:
        errors += [f"{name}: {text}" for _, text in explain(error.errors(include_url=False), plain)]
    return value
