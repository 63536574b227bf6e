"""Array jobs through submitit, whose local executor stands for SLURM: the numbers of the local executor."""

import os
import signal
from pathlib import Path

import pytest

from cnnlab.config.load import load_config
from cnnlab.executors.base import Event, Job
from tests.cluster.numbers import numbers

pytestmark = [pytest.mark.keras, pytest.mark.slow, pytest.mark.xdist_group("cluster")]


def test_tasks_give_the_numbers_of_the_local_executor_and_ctrl_c_saves_their_state(
    longer: Path, expected: Path, tmp_path: Path
) -> None:
    """Interrupted when both train, then given again."""
    pytest.importorskip("submitit")
    from cnnlab.executors.slurm import SlurmExecutor

    config = load_config(longer)
    jobs = [Job.of(config, repeat, tmp_path, None) for repeat in range(2)]
    events: list[Event] = []

    def interrupt(event: Event) -> None:
        events.append(event)
        if {e.repeat for e in events if e.kind == "epoch"} == {0, 1}:
            os.kill(os.getpid(), signal.SIGINT)

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        SlurmExecutor(cluster="local").run(jobs, interrupt)
    signal.signal(signal.SIGINT, handler)
    assert sorted(e.repeat for e in events if e.kind == "interrupted") == [0, 1]
    assert len(list(tmp_path.rglob("checkpoint"))) == 2

    SlurmExecutor(cluster="local").run(jobs, events.append)
    assert sorted(e.repeat for e in events if e.kind == "done") == [0, 1]
    assert sorted(e.content["epoch"] for e in events if e.kind == "epoch") == sorted([*range(1, 161)] * 2)
    assert numbers(tmp_path) == numbers(expected)


def test_one_task_is_stopped_and_the_other_goes_on(longer: Path, tmp_path: Path) -> None:
    """As a race stops them; the task's state is saved."""
    pytest.importorskip("submitit")
    from cnnlab.executors.slurm import SlurmExecutor

    config = load_config(longer)
    executor = SlurmExecutor(cluster="local")
    events: list[Event] = []

    def listen(event: Event) -> None:
        events.append(event)
        if event.kind == "epoch" and event.repeat == 0:
            executor.stop(tmp_path, 0)

    executor.run([Job.of(config, repeat, tmp_path, None) for repeat in range(2)], listen)
    ends = {event.repeat: event.kind for event in events if event.kind not in {"started", "epoch"}}
    assert ends == {0: "interrupted", 1: "done"}
    assert {path.parts[-3] for path in tmp_path.rglob("checkpoint/*.json")} == {"0"}
