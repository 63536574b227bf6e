"""Thousands of bad configs, made from good ones, and fuzzing: never anything but a sentence."""

import copy
import functools
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnnlab.augment import augmentation
from cnnlab.blocks import block
from cnnlab.config.load import Options, check, document_of, load_config
from cnnlab.config.schema import Config
from cnnlab.config.source import parse_document
from cnnlab.datasets import dataset
from cnnlab.errors import ConfigError
from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.registry import Entry
from cnnlab.schedules import schedule
from tests.hostile import Key, keys
from tests.sample_configs import FULL, MINIMAL

pytestmark = pytest.mark.heavy

FILE = Path("bad.yaml")
WRONG: list[Any] = [
    None,
    True,
    "text",
    -7,
    1.5,
    math.nan,
    math.inf,
    [],
    [1, "x"],
    {},
    {"x": 1},
    10**19,
    "\x85",
    [[]],
]


def refused(plain: Any) -> str | None:
    """What is said of a config as plain data; None where it is accepted."""
    try:
        check(document_of(plain, FILE))
    except ConfigError as error:
        return str(error)
    return None


def changed(plain: Any, key: Key, change: Any) -> Any:
    """A copy of `plain` in which `change` acted on the holder of `key`."""
    result = copy.deepcopy(plain)
    holder = result
    for part in key[:-1]:
        holder = holder[part]
    change(holder, key[-1])
    return result


def rename(holder: Any, name: Any) -> None:
    if isinstance(holder, dict):
        holder[name + "x"] = holder.pop(name)
    else:
        holder[name] = "misspelt"


def defaults(entry: Entry) -> dict[str, Any]:
    """Parameters with every field of an entry present, as in YAML."""
    given = {"filters": 4, "units": 4, "rate": 0.1, "function": "relu", "factor": 1, "every_epochs": 2}
    given |= {"height_factor": 0.1, "width_factor": 0.1, "path": "x"}
    fields = entry.parameters.model_fields
    parameters = {name: given[name] for name, field in fields.items() if field.is_required()}
    return entry.parameters.model_validate(parameters).model_dump(mode="json")


def with_each_entry() -> Iterator[tuple[Key, dict[str, Any]]]:
    """Valid configs in which each registry entry stands once with all its parameters, and where."""
    base: dict[str, Any] = {
        "name": "a",
        "data": {"dataset": "npz", "path": "x"},
        "model": ["classifier"],
        "training": {},
    }
    for name in block:
        plain = {**base, "model": [{name: defaults(block.get(name))}, "classifier"]}
        yield ("model", 0, name), plain
    for name in augmentation:
        yield ("augment", 0, name), {**base, "augment": [{name: defaults(augmentation.get(name))}]}
    for name in metric:
        yield (
            ("training", "metrics", 0, name),
            {**base, "training": {"metrics": [{name: defaults(metric.get(name))}]}},
        )
    for part, registry in (("optimizer", optimizer), ("schedule", schedule)):
        for name in registry:
            plain = {**base, "training": {part: {"name": name, **defaults(registry.get(name))}}}
            yield ("training", part), plain
    for name in dataset:
        yield ("data",), {**base, "data": {"dataset": name, **defaults(dataset.get(name))}}


def put(value: Any) -> Any:
    """A change that sets a key to `value`."""
    return lambda holder, name: holder.__setitem__(name, value)


@functools.cache
def bad_configs() -> list[tuple[str, Key, Any]]:
    """(what was done, to which key, the bad config)."""
    found: list[tuple[str, Key, Any]] = []
    for key in keys(FULL):
        found.append(("misspelt", key, changed(FULL, key, rename)))
        found += [(f"set to {value!r}", key, changed(FULL, key, put(value))) for value in WRONG]
    for text in ("name", "data", "model", "data dataset", "published source", "published dataset"):
        key = tuple(text.split())
        found.append(("missing", key, changed(FULL, key, lambda holder, name: holder.pop(name))))
    for place, plain in with_each_entry():
        holder: Any = plain
        for part in place:
            holder = holder[part]
        for name in holder:
            key = (*place, name)
            found.append(("misspelt", key, changed(plain, key, rename)))
            found += [(f"set to {value!r}", key, changed(plain, key, put(value))) for value in WRONG]
    return found


def test_each_entry_with_all_its_parameters_is_valid():
    for place, plain in with_each_entry():
        assert refused(plain) is None, place


def test_the_corpus_is_refused_in_sentences_that_name_the_key():
    accepted, said = [], 0
    slowest = 0.0
    for done, key, plain in bad_configs():
        started = time.perf_counter()
        message = refused(plain)
        slowest = max(slowest, time.perf_counter() - started)
        if message is None:
            accepted.append((done, key))
            continue
        said += 1
        assert message.startswith("bad.yaml"), (done, key, message)
        parents = [".".join(map(str, key[:end])) for end in range(1, len(key) + 1)]
        assert any(f"{parent}" in message for parent in parents), (done, key, message)
        assert "line 1" in message and all(line.isprintable() for line in message.split("\n")), (done, key)
        assert "Input should" not in message and "pydantic" not in message, (done, key, message)
    assert said >= 2000
    assert slowest < 1
    assert not [key for done, key in accepted if done in {"misspelt", "missing"} and isinstance(key[-1], str)]
    wrong = [
        (done, key)
        for done, key in accepted
        if done in {"set to nan", "set to inf", "set to [[]]", "set to {'x': 1}"}
    ]
    assert not wrong


def test_some_wrong_values_are_right_for_their_keys():
    """What the corpus does not refuse is few, and known: null where it means something, text for text, ..."""
    accepted = {
        (done, ".".join(map(str, key))) for done, key, plain in bad_configs() if refused(plain) is None
    }
    assert ("set to None", "data.train_size") in accepted and ("set to 'text'", "name") in accepted
    assert ("set to []", "augment") in accepted and ("set to {}", "model.0") not in accepted
    assert len(accepted) < len(bad_configs()) / 8


def test_bad_files_name_file_line_column_and_key(tmp_path):
    lines = MINIMAL.splitlines(keepends=True)
    for index, line in enumerate(lines):
        key = line.strip("- \n").partition(":")[0]
        path = tmp_path / f"bad{index}.yaml"
        path.write_text("".join([*lines[:index], line.replace(key, f"{key}zz"), *lines[index + 1 :]]))
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        message = str(caught.value)
        assert str(path) in message and "column" in message and key in message
        assert f"line {index + 1}," in message


TOKENS = (
    "name|data|model|:|: |\n|\n  |- |[|]|{|}|,|&a|*a|<<|!!int|!x|'|\"|>|%YAML 1.2|---|...|#|?|\t|1e-3|010|no"
    "|~|flatten|classifier|mnist10k|dataset|conv_block|filters|1|0.5|\\|\x00|\x85|\u2028|=|@|`|é|🙂|2025-01-01|0o7|1:2"
)
PIECES = st.sampled_from([*TOKENS.split("|"), "|"])


def read(text: str) -> Any:
    """A config from YAML text, or the sentence that refuses it; anything else fails."""
    try:
        return check(parse_document(text, FILE))
    except ConfigError as error:
        message = str(error)
        assert message.startswith(("bad.yaml, line ", "bad.yaml has "))
        assert all(line.isprintable() for line in message.split("\n"))
        return message


@settings(max_examples=300, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join))
@example("!!timestamp '2025-01-01'")
@example("? ")
@example("\ufeff")
@example("a: !!set {b}")
@example("%TAG ! x\n--- !y z")
@example("{<<: [{}, {}]}")
@example("- !!str\n")
@example("a: !!float ''\n")
@example("a: !!int ''\n")
@example("a: !!bool x\n")
@example("!!map [1]")
@example("!!seq {a: 1}")
def test_any_text_is_a_config_or_a_sentence(text):
    assert isinstance(read(text), Config | str)


@settings(max_examples=200, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(MINIMAL)), st.integers(0, 8), st.text(max_size=8) | PIECES)
def test_any_change_of_a_config_is_a_config_or_a_sentence(position, length, inserted):
    assert isinstance(read(MINIMAL[:position] + inserted + MINIMAL[position + length :]), Config | str)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(list(FULL)), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(keys(FULL))), PLAIN)
def test_any_value_anywhere_is_a_config_or_a_sentence(key, value):
    plain = changed(FULL, key, put(value))
    assert isinstance(refused(plain), str | None)


@settings(
    max_examples=200,
    deadline=1000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=30) | st.tuples(st.sampled_from(list(keys(FULL))), st.text(max_size=12)))
def test_any_option_is_a_config_or_a_sentence(tmp_path_factory, option):
    if isinstance(option, tuple):
        option = f"{'.'.join(map(str, option[0]))}={option[1]}"
    path = tmp_path_factory.getbasetemp() / "options.yaml"
    path.write_text(MINIMAL)
    try:
        load_config(path, Options(overrides=(option,)))
    except ConfigError as error:
        assert str(error)
