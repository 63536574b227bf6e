"""Which executor a command uses, and what it says when that cannot be had."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from cnnlab.errors import ConfigError
from cnnlab.executors.choice import ExecutorChoice
from cnnlab.executors.local import LocalExecutor
from tests.conftest import TINY
from tests.sample_configs import loaded


@pytest.mark.parametrize(("name", "package"), [("ray", "ray"), ("slurm", "submitit")])
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    name: Any, package: str, cnnlab: Any, tiny: Path, tmp_path: Path
) -> None:
    if importlib.util.find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    done = cnnlab("train", "-c", tiny, "--executor", name, "--runs-dir", tmp_path / "runs")
    assert (done.code, done.out) == (2, "")
    assert f"--executor {name} needs the package {package}" in done.err
    assert f"pip install 'cnnlab[{name}]'" in done.err
    assert not (tmp_path / "runs").exists()


def test_an_address_goes_with_ray_alone() -> None:
    with pytest.raises(ConfigError, match=r"--address auto goes with --executor ray, not with local"):
        ExecutorChoice("local", "auto")


def test_workers_see_their_own_gpus_unless_the_config_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number in gpu:1 counts among all GPUs, so that a worker has to see them."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    for device, count, seen in (("gpu", 2, ["0", "1"]), ("gpu:1", 1, [None])):
        training = loaded(tmp_path, TINY.replace("threads: 1", f"threads: 1, device: {device}")).training
        side_by_side, executor = ExecutorChoice().make(training, "auto", 5)
        assert isinstance(executor, LocalExecutor)
        assert (side_by_side, executor.count) == (count, count)
        assert [variables.get("CUDA_VISIBLE_DEVICES") for variables in executor.environments] == seen
