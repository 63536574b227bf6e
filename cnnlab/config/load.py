"""From a file and the command line's options to one checked `Config`."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from cnnlab.config.extensions import load_extension
from cnnlab.config.items import describe
from cnnlab.config.source import Document, Key, Position, parse_scalar, read_document
from cnnlab.errors import ConfigError

SMOKE: dict[Key, Any] = {
    ("repeats",): 2,
    ("training", "epochs"): 2,
    ("training", "validation_every"): 1,
    ("data", "train_size"): 48,
    ("data", "limit_per_split"): 64,
}
"""What ``--smoke`` puts in place of a config's own values, so that any config ends in seconds."""


@dataclass(frozen=True)
class Options:
    """What the command line says beside the file, in the order in which it acts."""

    bundled: bool = False
    smoke: bool = False
    overrides: tuple[str, ...] = ()  # "training.epochs=10"
    repeats: int | None = None
    seed: int | None = None


def load_config(path: Path, options: Options | None = None) -> Any:
    """Read, change as `options` say, and check a config. Returns a `Config`.

    Raises ConfigError with every problem at once, each with its line, column and key.
    """
    options = options or Options()
    document = read_document(path)
    if not isinstance(document.value, dict):
        raise ConfigError(
            f"{path}, line 1: expected a map with the keys 'name', 'data', 'model', ..., got {describe(document.value)}."
        )
    _load_extensions(document)
    if options.bundled:
        _use_bundled(document)
    if options.smoke:
        for key, value in SMOKE.items():
            _set(document, key, copy.deepcopy(value), "--smoke")
    for text in options.overrides:
        _override(document, text)
    for name, number in (("repeats", options.repeats), ("seed", options.seed)):
        if number is not None:
            _set(document, (name,), number, f"--{name}")
    return check(document)


def check(document: Document) -> Any:
    """Check plain data against the schema."""
    from cnnlab.config.schema import Config

    try:
        return Config.model_validate(
            _frozen(document.value), context={"directory": document.path.resolve().parent}
        )
    except ValidationError as error:
        problems = [_sentence(document, e) for e in error.errors(include_url=False)]
        raise ConfigError(_listed(document.path, list(dict.fromkeys(problems)))) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{document.path}: {error}.") from None


def _frozen(value: Any) -> Any:
    """Lists as tuples, all the way down: configs are frozen, and strict fields take no list for a tuple."""
    if isinstance(value, dict):
        return {key: _frozen(entry) for key, entry in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def dump_config(config: Any) -> dict[str, Any]:
    """The resolved config as plain data, defaults included: loading it again gives the same config."""
    return config.model_dump(mode="json")


def config_to_yaml(config: Any) -> str:
    """The resolved config as YAML text."""
    return yaml.dump(dump_config(config), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def document_of(data: dict[str, Any], path: Path) -> Document:
    """A document made from plain data, for configs that were not read from a file."""
    return Document(copy.deepcopy(data), path, {(): Position(1, 1)})


class _Dumper(yaml.SafeDumper):
    """Writes numbers so that the loader reads them back: 1e-05 needs a point in YAML 1.1."""


def _represent_float(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    text = repr(value)
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        text = f"{mantissa}e{exponent if exponent[0] == '-' else '+' + exponent.lstrip('+')}"
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


_Dumper.add_representer(float, _represent_float)


def _load_extensions(document: Document) -> None:
    extensions = document.value.get("extensions")
    if not isinstance(extensions, list):
        return  # the schema says what is wrong
    for index, name in enumerate(extensions):
        if isinstance(name, str):
            path = document.path.resolve().parent / Path(name).expanduser()
            load_extension(path, f"{document.path}, {document.where(('extensions', index))}")


def _use_bundled(document: Document) -> None:
    from cnnlab.datasets import dataset

    data = document.value.get("data")
    name = data.get("dataset") if isinstance(data, dict) else None
    if not isinstance(name, str) or name not in dataset:
        return  # the schema says what is wrong
    substitute = dataset.get(name).traits.get("bundled")
    if substitute is None:
        raise ConfigError(
            f"{document.path}: no data that come with cnnlab can stand in for the data set '{name}'; leave out --bundled."
        )
    if substitute != name:
        own = dataset.get(name).parameters.model_fields
        document.value["data"] = {k: v for k, v in data.items() if k not in own} | {"dataset": substitute}


def _override(document: Document, text: str) -> None:
    key_text, equals, value_text = text.partition("=")
    if not equals or not key_text.strip():
        raise ConfigError(f"--set expects KEY=VALUE, such as training.epochs=10, got '{text}'.")
    key: Key = tuple(int(part) if part.isdigit() else part for part in key_text.strip().split("."))
    try:
        value = parse_scalar(value_text.strip())
    except ConfigError as error:
        raise ConfigError(f"--set {text}: {error}") from None
    _set(document, key, value, f"--set {text}")


def _set(document: Document, key: Key, value: Any, option: str) -> None:
    """Put `value` at `key`; maps on the way are made where missing, and ``name`` grows to ``{name: {}}``."""
    holder: Any = document.value
    for depth, part in enumerate(key[:-1]):
        following = key[depth + 1]
        child = _child(holder, part, key[: depth + 1], option)
        if isinstance(child, str) and (child == following or part in {"optimizer", "schedule"}):
            child = {child: {}} if child == following else {"name": child}
        elif child is None:
            child = {}
        holder[part] = child
        holder = child
    _child(holder, key[-1], key, option)
    holder[key[-1]] = value
    document.overrides[key] = option


def _child(holder: Any, part: str | int, key: Key, option: str) -> Any:
    shown = ".".join(map(str, key))
    if isinstance(holder, list):
        if not isinstance(part, int) or part >= len(holder):
            raise ConfigError(f"{option}: '{shown}': expected an index from 0 to {len(holder) - 1}, got '{part}'.")
        return holder[part]
    if isinstance(holder, dict) and isinstance(part, str):
        return holder.get(part)
    raise ConfigError(f"{option}: '{shown}' does not exist: its parent is {describe(holder)}.")


def _listed(path: Path, problems: list[str]) -> str:
    if len(problems) == 1:
        return f"{path}, {problems[0]}"
    return "\n".join([f"{path} has {len(problems)} problems:", *(f"  {problem}" for problem in problems)])


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
}
_LIMITS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _sentence(document: Document, error: Any) -> str:
    """One pydantic error as a sentence with its place."""
    location = tuple(part for part in error["loc"] if isinstance(part, int) or not _is_union_tag(part))
    key = ".".join(map(str, location))
    return f"{document.where(location)}{', ' + key if key else ''}: {_problem(error)}."


def _is_union_tag(part: str) -> bool:
    """Whether pydantic put this into a location to name a branch of a union, such as ``tuple[...]``."""
    return "[" in part or part in {"int", "float", "str", "constrained-int", "constrained-float"}


def _problem(error: Any) -> str:
    kind, context, received = error["type"], error.get("ctx", {}), describe(error["input"])
    if kind == "missing":
        return "this key is required"
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, got {received}{_hint(kind, error['input'])}"
    if kind in _LIMITS:
        words, limit = _LIMITS[kind]
        return f"expected a number {words} {context[limit]}, got {received}"
    if kind == "literal_error":
        return f"expected {context['expected'].replace(chr(39), '')}, got {received}"
    if kind == "too_short":
        return f"expected at least {context['min_length']} items, got {received}"
    if kind == "too_long":
        return f"expected {context['max_length']} items, got {received}"
    return error["msg"].removeprefix("Value error, ").rstrip(".")


def _hint(kind: str, value: Any) -> str:
    if kind in {"float_type", "int_type"} and isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return ""
        return " (leave out the quotes)"
    return ""
