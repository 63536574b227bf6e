"""Which executor a command uses, and what it says when that cannot be had."""

import importlib.util
import socket
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.identity import experiment_hash, run_hash
from cnnlab.errors import ConfigError
from cnnlab.executors.choice import ExecutorChoice
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.ray_connection import connected, require_usable
from cnnlab.executors.resources import Need
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


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ray://head:10001", r"expected auto or HOST:PORT, .* Give the command on a node"),
        ("head", r"expected auto or HOST:PORT, such as 127\.0\.0\.1:6379"),
        ("127.0.0.1:{free}", r"no Ray cluster answers at 127\.0\.0\.1:\d+ \(Connection refused\)"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_sentence(address: str, message: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = address.format(free=free.getsockname()[1])
        with pytest.raises(ConfigError, match=message):
            require_usable(address)
            connected(address)


def test_auto_without_a_cluster_says_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    with pytest.raises(ConfigError, match=r"no Ray cluster runs on this machine\. Start one with: ray start"):
        connected("auto")


def test_a_repeat_needs_the_cpus_of_its_threads_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    assert Need.of(loaded(tmp_path, TINY)) == Need(1.0)
    asked = TINY + "resources: {cpus: 2, gpus: 0.25, memory: 4 GB, minutes: 30}\n"
    need = Need.of(loaded(tmp_path, asked))
    assert need == Need(2.0, 0.25, 4_000_000_000, 30)
    node = {"CPU": 16.0, "GPU": 1.0, "memory": 1e11}
    assert need.times(node) == 4
    assert not need.fits({"CPU": 16.0, "memory": 1e11})
    assert str(need) == "2 CPU and 0.25 GPU and 4 GB of memory"


def test_resources_change_no_hash(tmp_path: Path) -> None:
    plain, asked = loaded(tmp_path, TINY), loaded(tmp_path, TINY + "resources: {cpus: 2}\n")
    assert run_hash(plain) == run_hash(asked)
    assert experiment_hash(plain) == experiment_hash(asked)


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
