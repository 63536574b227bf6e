"""A config, written out and read again, is the same config; its hashes depend on what it says alone."""

import copy
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnlab.config.identity import experiment_hash, run_hash
from cnnlab.config.load import check, config_to_yaml, document_of, dump_config
from cnnlab.config.source import parse_document
from tests.config.strategies import CONFIGS
from tests.sample_configs import FULL, MINIMAL, loaded

ELSEWHERE = Path("/nowhere/c.yaml")


def checked(plain: dict[str, Any]) -> Any:
    return check(document_of(plain, ELSEWHERE))


@pytest.mark.parametrize("content", [MINIMAL, FULL])
def test_the_resolved_config_is_the_same_config(tmp_path, content):
    config = loaded(tmp_path, content)
    text = config_to_yaml(config)
    again = loaded(tmp_path, text)
    assert again == config
    assert run_hash(again) == run_hash(config) and experiment_hash(again) == experiment_hash(config)
    assert config_to_yaml(again) == text
    assert checked(dump_config(config)) == config


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONFIGS)
def test_a_valid_config_is_accepted_and_survives_the_round_trip(plain):
    config = checked(plain)
    assert check(parse_document(config_to_yaml(config), ELSEWHERE)) == config
    again = checked(dump_config(config))
    assert again == config and run_hash(again) == run_hash(config)


@pytest.mark.parametrize("value", [1e-5, 1e22, 1e-300, 0.1, 5e-324, 1.7976931348623157e308, 123456.789, -0.0])
def test_every_number_survives_the_text(tmp_path, value):
    config = loaded(tmp_path, {**FULL, "published": {"source": "a", "dataset": "b", "test_loss": value}})
    again = loaded(tmp_path, config_to_yaml(config))
    assert repr(again.published.test_loss) == repr(value)


@pytest.mark.parametrize(
    "text", ["no", "1e-3", "010", "a: b", "null", "~", "1_000", "# x", "ü", "2025-01-01", "'", " x "]
)
def test_every_name_survives_the_text(tmp_path, text):
    config = checked({**FULL, "name": text})
    assert config.name == text and loaded(tmp_path, config_to_yaml(config)).name == text


def test_the_hash_does_not_depend_on_how_a_config_is_written(tmp_path):
    block_style = "# a comment\n" + yaml.safe_dump(FULL, sort_keys=True, default_flow_style=False)
    flow_style = yaml.safe_dump(FULL, sort_keys=False, default_flow_style=True, width=40)
    hashes = {run_hash(loaded(tmp_path, content)) for content in (FULL, block_style, flow_style)}
    assert len(hashes) == 1


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_hash_does_not_depend_on_the_order_of_keys(chance):
    def shuffled(value: Any, order: random.Random) -> Any:
        if isinstance(value, list):
            return [shuffled(entry, order) for entry in value]
        if not isinstance(value, dict):
            return value
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}

    assert run_hash(checked(shuffled(FULL, chance))) == run_hash(checked(FULL))


def test_defaults_written_out_and_short_forms_hash_alike(tmp_path):
    short = loaded(tmp_path, MINIMAL)
    long = (
        MINIMAL.replace("- flatten", "- flatten: {}")
        + "seed: 0\ntraining: {optimizer: {name: adam}, epochs: 10}\n"
    )
    assert run_hash(loaded(tmp_path, long)) == run_hash(short)
    assert run_hash(loaded(tmp_path, MINIMAL + "data: {}\n".replace("data: {}\n", ""))) == run_hash(short)
    assert run_hash(loaded(tmp_path, MINIMAL, "data.scale=[-1, 1]")) == run_hash(short)


POOLED = {("name",), ("seed",), ("repeats",), ("published",), ("augmentation_check",), ("logging",)}
POOLED |= {("training", "threads"), ("training", "device"), ("training", "devices")}
POOLED |= {("training", "checkpoint_every")}
POOLED |= {("data", "memory_budget"), ("resources",)}
ANYWHERE = {("resources",)}  # where a run is trained is no part of what it is


def test_later_keys_of_training_leave_hashes_as_they_were():
    """Run folders of before stay known: at its default such a key counts for nothing, and every other key counts."""
    content = copy.deepcopy(FULL)
    del content["training"]["logit_adjustment"], content["training"]["early_stopping"]
    config = checked(content)
    plain = dump_config(config) | {"extensions": []}
    assert plain["training"].pop("devices") == 1 and plain["training"].pop("logit_adjustment") == 0
    assert plain["training"]["early_stopping"] is None
    plain.pop("resources", None)
    assert run_hash(config) == hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


OTHERWISE: dict[tuple[str | int, ...], Any] = {
    ("name",): "other",
    ("seed",): 8,
    ("repeats",): 4,
    ("published",): None,
    ("logging",): ["tensorboard"],
    ("data", "dataset"): "mnist",
    ("data", "train_size"): 101,
    ("data", "validation_fraction"): 0.3,
    ("data", "scale"): [-1.0, 1.0],
    ("data", "standardize"): False,
    ("data", "limit_per_split"): None,
    ("data", "memory_budget"): "2 GB",
    ("preprocess",): [],
    ("augment",): [],
    ("augmentation_check",): "warn",
    ("model", 1, "conv_block", "filters"): 9,
    ("training", "epochs"): 5,
    ("training", "batch_size"): 17,
    ("training", "ensemble"): 2,
    ("training", "backend"): "torch",
    ("training", "steps_per_epoch"): 6,
    ("training", "class_weights"): "balanced",
    ("training", "optimizer", "learning_rate"): 0.2,
    ("training", "schedule"): "constant",
    ("training", "label_smoothing"): 0.0,
    ("training", "logit_adjustment"): 0.0,
    ("training", "metrics"): ["accuracy", "auc", "recall", {"top_k": {"k": 3}}],
    ("training", "validation_every"): 1,
    ("training", "early_stopping"): None,
    ("training", "restore_best"): None,
    ("training", "weight_averaging"): None,
    ("training", "precision"): "mixed_bfloat16",
    ("training", "device"): "auto",
    ("training", "devices"): 2,
    ("training", "threads"): 1,
    ("training", "deterministic"): False,
    ("evaluation", "tta"): "d4",
    ("training", "checkpoint_every"): {"epochs": 7},
    ("resources",): {"cpus": 2.0, "gpus": 0.5, "memory": "4 GB", "minutes": 30},
}


@pytest.mark.parametrize("key", OTHERWISE, ids=lambda key: ".".join(map(str, key)))
def test_each_field_decides_the_run_and_all_but_a_few_the_experiment(key):
    changed: Any = copy.deepcopy(FULL)
    holder = changed
    for part in key[:-1]:
        holder = holder[part]
    holder[key[-1]] = OTHERWISE[key]
    old, new = checked(FULL), checked(changed)
    assert (run_hash(old) == run_hash(new)) == (key in ANYWHERE)
    assert (experiment_hash(old) == experiment_hash(new)) == (key in POOLED)


def test_every_field_was_tried():
    dumped = dump_config(checked(FULL))
    top = {(key,) for key in dumped if key not in {"data", "model", "training", "extensions"}}
    below = {(section, key) for section in ("data", "training") for key in dumped[section]}
    below.remove(("training", "steps"))  # stands in place of epochs
    tried = {key[:2] if key[0] in {"data", "training"} else key[:1] for key in OTHERWISE}
    assert tried == top | below | {("model",)}


def test_extensions_count_by_content_and_not_by_place(tmp_path):
    hashes = []
    for place, content in (("a", "x = 1\n"), ("b", "x = 1\n"), ("c", "x = 2\n")):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "own.py").write_text(content)
        config = loaded(folder, MINIMAL + "extensions: [own.py]\n")
        hashes.append((run_hash(config), experiment_hash(config)))
    assert hashes[0] == hashes[1] and hashes[0][0] != hashes[2][0] and hashes[0][1] != hashes[2][1]
