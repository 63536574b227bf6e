"""Is a run's setting the one whose results were published? Read from plain configs."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cnnlab.config.roles import CHANGES_RESULTS, Role
from cnnlab.dotted_keys import flatten
from cnnlab.runs.read import Run


def changes_of_setting(run: Run) -> list[str]:
    """Return how the run's config departs from the one that its published values belong to, in words.

    Where a config that comes with cnnlab publishes the same values, that is every key stated there that has
    another value here; else, and for keys not stated there, what `--set` and `--smoke` changed.
    """
    if not run.published:
        return []
    shipped = next((c for c in _shipped() if c.get("published") == run.published), {})
    stated = _normal({"augment": [], **shipped}) if shipped else {}
    found = dict(_departures(run, shipped, stated))
    for key, value in _command_line(run):
        if key not in stated:
            found.setdefault(key, value)
    return [f"{key} {value}" for key, value in found.items()]


def role_of(key: str) -> Role:
    """Return the role of the config's key with the dotted name `key`."""
    from cnnlab.config import identity  # brings pydantic and the whole schema, which most reports need not

    return identity.role_of(key)


def changes_results(key: str) -> bool:
    """Whether the key with the dotted name `key` decides the distribution of the results."""
    return role_of(key) in CHANGES_RESULTS


def _command_line(run: Run) -> Iterator[tuple[str, str]]:
    words = run.environment.argv
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--smoke":
            yield "--smoke", "(a short test run)"
        change = following if word == "--set" else word.removeprefix("--set=")
        key, equals, new = change.partition("=")
        if equals and change != word and changes_results(key):
            yield key, f"{new} (--set)"


def _departures(run: Run, shipped: Mapping[str, Any], stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ours = _normal(run.config)
    for key, published in stated.items():
        value = ours.get(key, ours.get(f"{key}.name"))  # `optimizer: adam` is written out as a map
        if value != published and not key.startswith("data.dataset") and changes_results(key):
            yield key, f"{_short(value)} (published: {_short(published)})"
    for name in ("augment", "model") if shipped else ():
        if (theirs := _length(shipped.get(name))) != (length := _length(run.config.get(name))):
            yield name, f"of {length} entries (published: {theirs})"


def _normal(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config flattened, list items that are a bare name as that name with no parameters."""
    lists = {
        name: [{item: {}} if isinstance(item, str) else item for item in _items(config.get(name))]
        for name in ("augment", "model")
    }
    flat = flatten({**config, **lists})
    return {key: value for key, value in flat.items() if value not in ({}, [])}


def _length(items: Any) -> int:
    return len(_items(items))


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _short(value: Any) -> str:
    text = "not there" if value is None else str(value)
    return f"{text[:37]}…" if len(text) > 38 else text


@cache
def _shipped() -> tuple[Mapping[str, Any], ...]:
    """The configs that come with cnnlab and have published values, as written."""
    from cnnlab.config.shipped import shipped_directory
    from cnnlab.runs.config_file import load_yaml

    texts = [path.read_text(encoding="utf-8") for path in sorted(shipped_directory().rglob("*.yaml"))]
    configs = [load_yaml(text) for text in texts if "\npublished:" in text]
    return tuple(config for config in configs if isinstance(config, dict))
