"""The JSON Schema that editors use: it accepts what the config accepts, and knows every name."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from cnnlab.augment import augmentation
from cnnlab.augment.views import view_set
from cnnlab.blocks import block
from cnnlab.config.json_schema import DIALECT, config_schema
from cnnlab.datasets import dataset
from cnnlab.metrics import metric
from cnnlab.optimizers import optimizer
from cnnlab.schedules import schedule
from tests.config.strategies import CONFIGS
from tests.sample_configs import FULL, MINIMAL

SCHEMA = config_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
CONFIG_FILES = sorted((Path(__file__).parents[2] / "configs").rglob("*.yaml"))


def test_it_is_a_valid_schema_of_its_dialect():
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == DIALECT == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("path", CONFIG_FILES, ids=lambda path: path.stem)
def test_every_shipped_config_is_accepted(path):
    """The validator raises nothing."""
    VALIDATOR.validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("plain", [yaml.safe_load(MINIMAL), FULL])
def test_the_samples_are_accepted(plain):
    """The validator raises nothing."""
    VALIDATOR.validate(plain)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONFIGS)
def test_every_valid_config_is_accepted(plain):
    """The validator raises nothing."""
    VALIDATOR.validate(plain)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("nme",), "x"),
        (("data", "trainsize"), 3),
        (("data", "path"), "x"),
        (("data", "dataset"), "mnst"),
        (("training", "epoch"), 3),
        (("training", "epochs"), 0),
        (("training", "epochs"), "3"),
        (("training", "optimizer"), "adm"),
        (("training", "optimizer"), {"name": "adam", "lr": 1}),
        (("training", "optimizer"), {"learning_rate": 1}),
        (("training", "schedule"), "step"),
        (("training", "restore_best"), "test_accuracy"),
        (("training", "early_stopping"), {"patienc": 1}),
        (("training", "metrics"), ["acuracy"]),
        (("augment",), [{"random_rotation": {}}]),
        (("augment",), ["random_rotation"]),
        (("augment",), [{"random_rotation": {"factor": 2}}]),
        (("augment",), [{"random_rotation": {"factor": [0, 1, 2]}}]),
        (("augment",), [{"random_flip": {}, "solarization": {}}]),
        (("model",), []),
        (("model",), ["flaten"]),
        (("model",), [{"conv_block": {"filters": 4, "pool": 2}}]),
        (("model",), [{"conv_block": {}}]),
        (("model",), [{}]),
        (("evaluation", "tta"), "flip"),
        (("evaluation",), {"tta": "none", "views": 3}),
        (("published", "test_acuracy"), 0.9),
    ],
)
def test_misspelt_and_wrong_values_are_not(key, value):
    plain: Any = copy.deepcopy(FULL)
    holder = plain
    for part in key[:-1]:
        holder = holder[part]
    holder[key[-1]] = value
    assert not VALIDATOR.is_valid(plain)


def test_a_data_sets_own_parameters_are_in_it():
    plain = yaml.safe_load(MINIMAL)
    plain["data"] = {"dataset": "folder", "path": "x", "image_size": [4, 4], "train_size": 3}
    VALIDATOR.validate(plain)
    del plain["data"]["path"]
    assert not VALIDATOR.is_valid(plain)


def descriptions(schema: Any, found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The schemas of all properties, by name, wherever they stand."""
    for entry in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        descriptions(entry, found)
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        for name, entry in schema["properties"].items():
            found.setdefault(name, []).append(entry)
    return found


def test_every_key_is_described_and_every_name_offered():
    found = descriptions(SCHEMA, {})
    unexplained = [
        name
        for name, entries in found.items()
        for e in entries
        if not ({"description", "$ref", "const", "anyOf"} & set(e))
    ]
    assert not unexplained
    for registry in (block, augmentation):
        assert set(registry) <= set(found)
    text = str(SCHEMA)
    for registry in (optimizer, schedule, metric, dataset, view_set):
        assert all(f"'const': '{name}'" in text for name in registry)
    assert "title" not in SCHEMA["$defs"]["Training"]
    assert SCHEMA["$defs"]["Training"]["properties"]["epochs"]["default"] == 10


@pytest.mark.parametrize(
    "registry", [block, augmentation, optimizer, schedule, metric, dataset, view_set], ids=lambda r: r.kind
)
def test_every_entry_and_parameter_says_what_it_is(registry):
    for name in registry:
        entry = registry.get(name)
        assert entry.summary.endswith((".", ")", ":")), name
        for parameter, field in entry.parameters.model_fields.items():
            assert field.description, f"{name}.{parameter}"
