"""Packages that a config needs and that are not installed: among all that is wrong with it, before anything starts."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.load import load_config
from cnnlab.config.source import read_document
from cnnlab.config.sweep import check_all
from cnnlab.errors import ConfigError
from cnnlab.loggers import logger
from tests.sample_configs import MINIMAL, written

NEEDS = {  # a line of a config, the extra that it needs, the key that is named, and the other way out
    "training: {backend: torch}": ("torch", "training.backend", "or choose the backend tensorflow"),
    "training: {backend: jax}": ("jax", "training.backend", "or choose the backend tensorflow"),
    "logging: [tensorboard]": ("tensorboard", "logging.0", "or leave it out with --set logging=[]"),
    "logging: [{mlflow: {experiment: x}}]": ("mlflow", "logging.0", "or leave it out with --set logging=[]"),
    "logging: [wandb]": ("wandb", "logging.0", "or leave it out with --set logging=[]"),
    "sweep: {grid: {seed: [1]}, early_stop: asha}": (
        "asha",
        "sweep.early_stop",
        "--set sweep.early_stop=null",
    ),
    "sweep: {grid: {training.backend: [jax]}}": ("jax", "training.backend", "(in the cell backend=jax)"),
    "sweep: {ablate: {x: {logging: [wandb]}}}": ("wandb", "logging.0", "(in the cell x)"),
}
PACKAGES = {"asha": "optuna"}


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where cnnlab was installed without any extra."""
    found: Any = importlib.util.find_spec
    extras = ("torch", "jax", "tensorboard", "mlflow", "wandb", "optuna")
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name in extras else found(name, *more)
    )


@pytest.mark.parametrize("line", NEEDS)
def test_it_is_named_with_its_place_and_the_command(
    line: str, tmp_path: Path, nothing_installed: None
) -> None:
    """Beside an error of another kind."""
    extra, key, way_out = NEEDS[line]
    document = read_document(written(tmp_path, f"{MINIMAL}repeats: 0\n{line}\n"))
    with pytest.raises(ConfigError) as caught:
        check_all(document)
    text = str(caught.value)
    assert f"needs the package {PACKAGES.get(extra, extra)}, which is not installed here" in text
    assert "line 9, column" in text and f"{key}: " in text
    assert f"pip install 'cnnlab[{extra}]'" in text and way_out in text
    assert "line 8, column 1, repeats: expected a number of at least 1" in text


def test_what_is_not_to_be_trained_needs_none(tmp_path: Path, nothing_installed: None) -> None:
    """A network is drawn, a finished run is measured, where its loggers are not installed."""
    config = load_config(written(tmp_path, MINIMAL + "logging: [mlflow, wandb]\ntraining: {backend: jax}\n"))
    assert [item.name for item in config.logging] == ["mlflow", "wandb"]


def test_every_logger_names_its_package_and_extra() -> None:
    """One that needs none has neither trait."""
    assert {"tensorboard", "mlflow", "wandb"} <= set(logger)
    for name in ("tensorboard", "mlflow", "wandb"):
        assert {"package", "extra"} <= set(logger.get(name).traits)


def test_config_check_and_train_refuse_it_alike(tmp_path: Path, cnnlab: Any) -> None:
    """Exit 2, the same sentence, no run folder."""
    written(tmp_path, MINIMAL + "logging: [mlflow]\n")
    patch = "import importlib.util as u; old = u.find_spec\n"
    patch += "u.find_spec = lambda name, *more: None if name == 'mlflow' else old(name, *more)"
    (sentence,) = {
        (done.code, done.err)
        for words in ("config check", "train -c", "train --dry-run -c", "train --print-config -c")
        for done in [cnnlab(*words.split(), "c.yaml", cwd=tmp_path, patch=patch)]
    }
    assert sentence == (
        2,
        "cnnlab: c.yaml, line 8, column 11, logging.0: 'mlflow' needs the package mlflow, which is not installed here: "
        "pip install 'cnnlab[mlflow]', or leave it out with --set logging=[].\n",
    )
    assert not (tmp_path / "runs").exists()
