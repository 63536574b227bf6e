"""Runs on a real Ray cluster of two nodes: the numbers of the local executor, whatever happens to the nodes."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cnnlab.config.load import Options, load_config
from cnnlab.executors.base import Event, Job
from cnnlab.executors.ray import RayExecutor, leave
from cnnlab.runs.process import host_name
from cnnlab.runs.sweeps import read_sweep
from tests.cluster.conftest import TwoNodes
from tests.cluster.numbers import numbers, numbers_of_cells
from tests.conftest import Finished, environment

RESUME = ("--resume", "latest")
pytestmark = [pytest.mark.keras, pytest.mark.slow, pytest.mark.xdist_group("cluster")]


class Command:
    """``cnnlab train`` on the cluster, while it runs."""

    def __init__(self, *words: object, runs: Path) -> None:
        self.runs = runs
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnnlab", "train", *map(str, words), "--runs-dir", str(runs)],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 300
        while not holds():
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def checkpoints(self) -> list[Path]:
        return list(self.runs.rglob("checkpoint/*.json"))

    def both_under_way(self) -> bool:
        return len({path.parent for path in self.checkpoints()}) == 2

    def finished(self) -> Finished:
        out, err = self.process.communicate(timeout=240)
        return Finished(self.process.returncode, out, err)

    @property
    def run(self) -> Path:
        (run,) = self.runs.iterdir()
        return run


def test_a_killed_node_costs_a_sweep_nothing_but_time(
    two_nodes: TwoNodes, swept: tuple[object, ...], expected_cells: Path, tmp_path: Path
) -> None:
    """Four cells, two repeats each; what the node took along is resumed from its checkpoint, to the same bits."""
    command = Command(*swept, "--executor", "ray", "--address", two_nodes.address, runs=tmp_path)
    command.wait_until(command.both_under_way)
    two_nodes.kill_second()
    done = command.finished()
    two_nodes.replace_second()
    assert done.code == 0, done.err
    assert "it is resumed elsewhere, from its last checkpoint" in done.err
    assert numbers_of_cells(command.run) == numbers_of_cells(expected_cells)
    assert not list(command.run.rglob("checkpoint")) + list(command.run.rglob(".*"))


def test_a_race_stops_a_task_of_the_cluster_and_the_rest_keep_their_numbers(
    two_nodes: TwoNodes, swept: tuple[object, ...], expected_cells: Path, tmp_path: Path
) -> None:
    """One after the other, so that it is the last and worst that falls behind; the others as without a race."""
    pytest.importorskip("optuna")
    race = (
        "--sweep",
        "training.batch_size=12",
        "--sweep",
        "training.optimizer.learning_rate=0.003,0.00000001",
    )
    words = (*swept[:4], *race, "--set", "sweep.early_stop=asha", "--set", "training.validation_every=1")
    command = Command(*words, "--executor", "ray", "--address", two_nodes.address, "--jobs", 1, runs=tmp_path)
    done = command.finished()
    assert done.code == 0, done.err
    assert "repeat 0 stopped early: epoch 6, val_cross_entropy" in done.err
    kept, stopped = read_sweep(command.run).cells
    assert stopped.stopped is not None and kept.stopped is None
    assert len(numbers(command.run / kept.folder)) == 2
    curve = (command.run / stopped.folder / "repeats" / "0" / "metrics.csv").read_text().splitlines()
    assert 7 <= len(curve) < 61


def test_a_restarted_head_then_ctrl_c_then_another_executor(
    two_nodes: TwoNodes, longer: Path, expected: Path, tmp_path: Path
) -> None:
    """With the head the command loses its cluster, and ends; what was reached is in the run folder each time."""
    command = Command("-c", longer, "--executor", "ray", "--address", two_nodes.address, runs=tmp_path)
    command.wait_until(command.checkpoints)
    two_nodes.cluster.shutdown()
    lost = command.finished()
    assert lost.code == 4, lost.err
    assert "resume with: cnnlab train --resume" in lost.err

    two_nodes.start()
    reached = {path.name for path in command.checkpoints()}
    command = Command(*RESUME, "--executor", "ray", "--address", two_nodes.address, runs=tmp_path)
    command.wait_until(lambda: {path.name for path in command.checkpoints()} - reached)
    command.process.send_signal(signal.SIGINT)
    stopped = command.finished()
    assert stopped.code == 130, stopped.err
    status = json.loads((command.run / "status.json").read_text())
    assert status["status"] == "interrupted"
    assert {entry["status"] for entry in status["repeats"].values()} == {"interrupted"}

    done = Command(*RESUME, runs=tmp_path).finished()
    assert done.code == 0, done.err
    assert numbers(command.run) == numbers(expected)


def test_a_node_that_does_not_see_the_runs_directory_says_so(
    two_nodes: TwoNodes, longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the file by which it knows the folder, which the command makes there: nothing is trained."""
    monkeypatch.setattr("cnnlab.executors.remote.append_text", lambda path, text: None)
    events: list[Event] = []
    try:
        config = load_config(longer)
        RayExecutor(two_nodes.address).run(
            [Job.of(config, k, tmp_path, None) for k in range(2)], events.append
        )
    finally:
        leave()
    assert [event.kind for event in events] == ["failed", "failed"]
    text = f"{host_name()} does not see the run folder {tmp_path}: the nodes must share the runs directory."
    assert {event.error for event in events} == {text}
    assert list(tmp_path.iterdir()) == []


def test_a_ray_of_this_machine_listens_on_loopback_alone(
    longer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of its processes, while one of them trains."""
    pytest.importorskip("ray")
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    events: list[Event] = []
    addresses: set[str] = set()

    def listen(event: Event) -> None:
        events.append(event)
        if event.kind == "started":
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    found = process.net_connections("inet")
                    addresses.update(c.laddr.ip for c in found if c.status == psutil.CONN_LISTEN)

    config = load_config(longer, Options(overrides=("training.epochs=2",)))
    try:
        RayExecutor().run([Job.of(config, 0, tmp_path, None)], listen)
    finally:
        leave()
    assert [event.kind for event in events if event.kind != "epoch"] == ["started", "done"]
    assert {address.removeprefix("::ffff:") for address in addresses} == {"127.0.0.1"}
