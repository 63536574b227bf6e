"""What a repeat takes of a node."""

from pathlib import Path

from cnnlab.config.identity import experiment_hash, run_hash
from cnnlab.executors.resources import Need
from tests.conftest import TINY
from tests.sample_configs import loaded


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


def test_tenths_of_a_cpu_add_up() -> None:
    """10 x 0.1 is 1, also where three of them are 0.30000000000000004."""
    assert Need(0.1).times({"CPU": 1.0}) == 10 and Need(0.1).times({"CPU": 0.3}) == 3
    assert Need(1.0, memory_bytes=3).times({"CPU": 8.0, "memory": 7.0}) == 2
    assert not Need(1.0, memory_bytes=3).fits({"CPU": 8.0})
