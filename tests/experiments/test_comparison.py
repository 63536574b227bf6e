"""What `cnnlab compare` refuses before anything is trained, and where it works."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.load import load_config
from cnnlab.errors import ConfigError
from cnnlab.experiments.comparison import chosen_backends, plan_comparison
from cnnlab.experiments.launch import Launch

ALL = ("tensorflow", "torch", "jax")


@pytest.fixture
def all_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())


@pytest.mark.usefixtures("all_installed")
def test_backends_are_named_with_commas_or_in_a_list() -> None:
    assert chosen_backends("torch, tensorflow") == ("torch", "tensorflow")
    assert chosen_backends(ALL) == ALL


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tensorflow,mxnet", "expected some of tensorflow,torch,jax, got 'mxnet'"),
        ("torch", "expected two or more, each once, such as tensorflow,torch,jax; got 'torch'"),
        ("torch,torch", "expected two or more, each once"),
        ("", "expected two or more"),
    ],
)
@pytest.mark.usefixtures("all_installed")
def test_what_is_no_choice_is_refused(words: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        chosen_backends(words)


def test_a_missing_package_is_named_with_the_command(
    cnnlab: Any, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("torch") is None:
        done = cnnlab("compare", "-c", tiny, "--output", tiny.parent / "folder")
        assert done.code == 2
        assert "pip install 'cnnlab[torch]'" in done.err
        assert not (tiny.parent / "folder").exists()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jax" else object())
    with pytest.raises(ConfigError, match=r"pip install 'cnnlab\[jax\]'"):
        chosen_backends(ALL)


def test_a_folder_belongs_to_one_comparison(tiny: Path, tmp_path: Path) -> None:
    config, place = load_config(tiny), tmp_path / "folder"
    first = plan_comparison(config, ("tensorflow", "torch"), place, tiny, Launch())
    assert first.folder.path == place
    assert plan_comparison(config, ("jax", "tensorflow"), place, tiny, Launch()).backends == (
        "jax",
        "tensorflow",
    )
    with pytest.raises(
        ConfigError, match="it holds a comparison of another config, seed or number of repeats"
    ):
        plan_comparison(
            config.model_copy(update={"repeats": 3}), ("tensorflow", "torch"), place, tiny, Launch()
        )


def test_the_folder_is_named_after_the_config(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config(tiny)
    paths = [plan_comparison(config, names, None, tiny, Launch()).folder.path for names in (ALL[:2], ALL[1:])]
    assert paths[0] == paths[1]
    assert paths[0].parent == Path("comparisons")
    assert paths[0].name.startswith("tiny_")


def test_each_backend_gets_the_same_config_but_for_its_name(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cnnlab.backends.base.missing", lambda package, extra: None
    )  # as where all are installed
    plan = plan_comparison(load_config(tiny), ALL, tmp_path / "folder", tiny, Launch())
    sweep = plan.experiment().sweep
    assert sweep is not None and sweep.one_by_one and sweep.folder == tmp_path / "folder" / "runs"
    configs = [cell.config.model_dump() for cell in sweep.cells]
    assert [config["training"].pop("backend") for config in configs] == list(ALL)
    assert configs[0] == configs[1] == configs[2]
