"""The hashes of a config depend on what it says alone, each on the keys whose role it goes by."""

import copy
import random
from pathlib import Path
from typing import Annotated, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from cnnlab.config import identity
from cnnlab.config.identity import ROLES, cell_hash, experiment_hash, keys_with, role_of, run_hash
from cnnlab.config.load import check, document_of, dump_config
from cnnlab.config.roles import EXPERIMENT, RUN, SAMPLE, Role
from cnnlab.config.schema import Config
from cnnlab.registry import Parameters
from tests.sample_configs import FULL, MINIMAL, loaded


def checked(plain: dict[str, Any]) -> Config:
    return check(document_of(plain, Path("/nowhere/c.yaml")))


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
    empty = "training: {}\nevaluation: {}\naugment: []\npublished:\n"
    assert run_hash(loaded(tmp_path, MINIMAL + empty)) == run_hash(short)
    assert run_hash(loaded(tmp_path, MINIMAL, "data.scale=[-1, 1]")) == run_hash(short)


OTHERWISE: dict[tuple[str | int, ...], Any] = {
    ("name",): "other",
    ("seed",): 8,
    ("repeats",): 4,
    ("published",): None,
    ("logging",): ["tensorboard"],
    ("data", "dataset"): "mnist",
    ("data", "train_size"): 101,
    ("data", "validation_fraction"): 0.3,
    ("data", "stratified"): True,
    ("data", "group_blocks"): 50,
    ("data", "scale"): [-1.0, 1.0],
    ("data", "standardize"): False,
    ("data", "limit_per_split"): None,
    ("data", "audit"): False,
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
def test_a_key_counts_in_the_hashes_that_go_by_its_role(key):
    changed: Any = copy.deepcopy(FULL)
    holder = changed
    for part in key[:-1]:
        holder = holder[part]
    holder[key[-1]] = OTHERWISE[key]
    old, new = checked(FULL), checked(changed)
    role = role_of(".".join(map(str, key)))
    assert (run_hash(old) != run_hash(new)) == (role in RUN)
    assert (experiment_hash(old) != experiment_hash(new)) == (role in EXPERIMENT)
    if key != ("repeats",):
        assert (cell_hash(old) != cell_hash(new)) == (role in SAMPLE)


def test_the_number_of_repeats_is_no_part_of_a_cell():
    assert cell_hash(checked({**FULL, "repeats": 9})) == cell_hash(checked(FULL))


POOLED = (
    *("name", "seed", "repeats", "published", "logging", "augmentation_check", "resources"),
    *("training.threads", "training.device", "training.devices", "training.checkpoint_every"),
    *("data.audit", "data.memory_budget"),
)
SAME_BITS = (
    *("name", "published", "logging", "augmentation_check", "resources"),
    *("training.checkpoint_every", "data.audit", "data.memory_budget"),
)


def test_these_keys_change_no_result_and_these_not_a_bit():
    """Runs that differ in them are pooled, and share a cell of a sweep; all other keys set runs apart."""
    assert {key for key, role in ROLES.items() if role not in EXPERIMENT} == set(POOLED)
    assert {key for key, role in ROLES.items() if role not in SAMPLE} == set(SAME_BITS)


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


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("name", Role.LABEL),
        ("published.test_accuracy", Role.LABEL),
        ("training.optimizer.learning_rate", Role.RESULTS),
        ("training.checkpoint_every.seconds", Role.RUNNING),
        ("training.metrics.1.top_k.k", Role.FIGURES),
        ("data.train_size", Role.IMAGES),
        ("data.crop", Role.RESULTS),  # a data set's own parameter
        ("model.0.conv_block.filters", Role.RESULTS),
        ("resources.cpus", Role.RUNNING),
    ],
)
def test_keys_below_have_the_role_of_their_field(key, role):
    assert role_of(key) is role


def test_a_field_that_declares_no_role_is_refused():
    class Inner(Parameters):
        depth: Annotated[int, Role.RESULTS] = 1
        colour: int = Field(3, description="No role.")

    class Outer(Parameters):
        inner: Inner = Field(default_factory=Inner)

    with pytest.raises(TypeError, match=r"^the key inner\.colour declares no role"):
        dict(identity._declared(Outer))


def test_keys_of_one_role_are_those_of_the_resolved_config():
    config = checked(FULL)
    assert keys_with(set(Role), config) == dump_config(config)
    running = keys_with({Role.RUNNING}, config)
    assert running["data"] == {"audit": True, "memory_budget": 1100.0} and running["evaluation"] == {}
    assert running["augmentation_check"] == "error" and "name" not in running and "model" not in running
