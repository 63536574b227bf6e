"""Whether a run's setting is the published one, from plain files."""

import json

import pytest
import yaml

from cnnlab.config.load import Options, config_to_yaml, load_config
from cnnlab.config.shipped import shipped_directory
from cnnlab.report.collect import collect
from cnnlab.report.setting import changes_of_setting
from cnnlab.runs.read import load_run

PUBLISHING = [path for path in shipped_directory().rglob("*.yaml") if "\npublished:" in path.read_text()]


@pytest.fixture
def resolved(make_run):
    """Make a run of a shipped config as `cnnlab train` resolves it, with options of the command line."""

    def make(path, *changes, argv=None):
        folder = make_run()
        options = [word for change in changes for word in ("--set", change)]
        folder.config_path.write_text(config_to_yaml(load_config(path, Options(overrides=changes))))
        environment = json.loads(folder.environment_path.read_text())
        environment["argv"] = ["cnnlab", "train", *(options if argv is None else argv)]
        folder.environment_path.write_text(json.dumps(environment))
        return folder.path

    return make


@pytest.mark.parametrize("path", PUBLISHING, ids=lambda path: path.stem)
def test_shipped_configs_are_their_own_setting(resolved, path):
    assert changes_of_setting(load_run(resolved(path))) == []


LAB_2025 = shipped_directory() / "mnist128/lab2025.yaml"


def test_what_changes_no_result_is_no_change(resolved):
    changes = ("name=mine", "seed=3", "repeats=2", "training.threads=1", "data.memory_budget=5 GB")
    assert changes_of_setting(load_run(resolved(LAB_2025, *changes))) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("training.epochs=60", "training.epochs 60 (published: 350)"),
        ("model.4.dense_block.l2=0", "model.4.dense_block.l2 0.0 (published: 0.001)"),
        ("training.label_smoothing=0.1", "training.label_smoothing 0.1 (--set)"),
    ],
)
def test_a_changed_setting_is_not_comparable(resolved, change, told):
    path = resolved(LAB_2025, change)
    assert changes_of_setting(load_run(path)) == [told]
    report = collect(path)
    assert report.not_comparable == f"run with other settings than published: {told}"
    assert all(row.difference is None for row in report.rows)


def test_a_copy_that_was_edited_is_found_without_the_command_line(resolved):
    path = resolved(LAB_2025, argv=[])
    config = yaml.safe_load((path / "config.yaml").read_text())
    config["augment"] = []
    (path / "config.yaml").write_text(yaml.safe_dump(config))
    assert "augment of 0 entries (published: 4)" in changes_of_setting(load_run(path))


def test_somebody_elses_published_values_go_by_the_command_line(make_run):
    folder = make_run()
    environment = json.loads(folder.environment_path.read_text())
    argv = ["cnnlab", "train", "--set=training.epochs=3", "--smoke", "--set", "seed=4"]
    folder.environment_path.write_text(json.dumps({**environment, "argv": argv}))
    assert changes_of_setting(load_run(folder.path)) == [
        "training.epochs 3 (--set)",
        "--smoke (a short test run)",
    ]
