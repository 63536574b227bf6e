"""A real Ray cluster of two nodes on this machine, which listens on 127.0.0.1 alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import environment, run_cnnlab

LONGER = """\
name: longer
seed: 3
repeats: 2
data: {dataset: mnist10k, train_size: 192, limit_per_split: 100}
augment:
  - random_rotation: {factor: 0.05}
model:
  - conv_block: {convs: 2, filters: 8}
  - flatten
  - dense_block: {units: 8, dropout: 0.2}
  - classifier
training: {epochs: 160, batch_size: 16, threads: 1, validation_every: 40, checkpoint_every: {epochs: 1}}
"""
RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_worker_niceness": "0"}
"""Nothing is reported to Ray's makers; loopback is not taken for another address; no background priority."""

SMALL_STORE = 100_000_000  # bytes


class TwoNodes:
    """A head and a second node, one CPU each; the second can be killed, and the head started anew."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Both nodes, as new ones."""
        from ray.cluster_utils import Cluster

        self.cluster = Cluster()
        self.add()
        self.second = self.add()

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def add(self) -> Any:
        return self.cluster.add_node(
            num_cpus=1, node_ip_address="127.0.0.1", object_store_memory=SMALL_STORE, include_dashboard=False
        )

    def kill_second(self) -> None:
        """At once, as a power cut would."""
        self.cluster.remove_node(self.second, allow_graceful=False)

    def replace_second(self) -> None:
        """Add another node where the second was."""
        self.second = self.add()


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[TwoNodes]:
    """Started with an environment in which nodes find the checkout; the same for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(**RAY).items():
            patch.setenv(name, value)  # before Ray is imported
        pytest.importorskip("ray")
        nodes = TwoNodes()
        yield nodes
        nodes.cluster.shutdown()


@pytest.fixture(scope="session")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an experiment that takes some seconds, with a checkpoint after each epoch."""
    path = tmp_path_factory.mktemp("longer") / "longer.yaml"
    path.write_text(LONGER)
    return path


@pytest.fixture(scope="session")
def expected(longer: Path) -> Path:
    """The folder of the same run by processes of this machine."""
    done = run_cnnlab("train", "-c", longer, "--runs-dir", longer.parent / "runs", "--json")
    assert done.code == 0, done.err
    return Path(done.json["run"])


@pytest.fixture(scope="session")
def swept(longer: Path) -> tuple[object, ...]:
    """The words of a sweep of four cells by two repeats, shorter ones."""
    grid = ("--sweep", "training.batch_size=12,16", "--sweep", "training.optimizer.learning_rate=0.001,0.003")
    return ("-c", longer, "--set", "training.epochs=60", *grid)


@pytest.fixture(scope="session")
def expected_cells(swept: tuple[object, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same sweep by processes of this machine."""
    runs = tmp_path_factory.mktemp("cells")
    done = run_cnnlab("train", *swept, "--runs-dir", runs)
    assert done.code == 0, done.err
    (sweep,) = runs.iterdir()
    return sweep
