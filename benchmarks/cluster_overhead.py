"""What does Ray add to a repeat, once its processes are warm, and how many events can be told?

Run:     python benchmarks/cluster_overhead.py            (two minutes; needs the extra ray)

The same short repeats on the bundled digits, one after the other, by the local executor and by a Ray of this machine,
in turn. Overhead is what passes from the end of a repeat to the end of the next, less the training and evaluation that
the next one counts itself; the first of each round, which warms a process up, is left out. Target: under 1 s on Ray.

Then as many tasks as there are cores tell events, as each epoch of a repeat is told, as fast as they are taken by the
one actor that gathers them on the machine of the command.
"""

import itertools
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from alternating import finish, options

from cnnlab.config.load import Options, dump_config, load_config
from cnnlab.executors.base import Event, Executor, Job
from cnnlab.executors.home import MOST_CALLS, Home
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.ray import RayExecutor, part
from cnnlab.executors.ray_connection import connected
from cnnlab.runs.machine import usable_cores

CONFIG = """\
name: overhead
data: {dataset: mnist10k, train_size: 128, limit_per_split: 200}
model:
  - conv_block: {convs: 1, filters: 4}
  - flatten
  - classifier
training: {epochs: 1, threads: 1}
"""


def overheads(executor: Executor, job: Job, repeats: int) -> list[float]:
    """Seconds that each repeat but the first takes beyond its own work."""
    ends: list[tuple[float, float]] = []  # when, after how much work

    def listen(event: Event) -> None:
        if event.kind == "done":
            ends.append((time.perf_counter(), sum(event.content["seconds"].values())))
        elif event.kind == "failed":
            raise SystemExit(event.error)

    with tempfile.TemporaryDirectory() as folder:
        executor.run([replace(job, repeat=k, folder=Path(folder)) for k in range(repeats)], listen)
    return [later - earlier - work for (earlier, _), (later, work) in itertools.pairwise(ends)]


def events_per_second(each: int = 4000, rounds: int = 3) -> float:
    """Events that the actor `Home` takes a second, the median of the rounds."""
    ray: Any = connected(None)
    home = ray.remote(num_cpus=0, max_concurrency=MOST_CALLS)(Home).remote()
    names = ("seconds", "learning_rate", "loss", "accuracy", "val_loss", "val_accuracy")
    event = Event(
        "epoch", 0, {"epoch": 3, **dict.fromkeys(names, 0.5)}, folder=Path("runs") / "a run" / "a cell"
    )

    def tell(home: Any) -> None:
        ray.get([home.tell.remote([event]) for _ in range(each)])

    task, tellers, found = ray.remote(num_cpus=1)(tell), usable_cores(), []
    ray.get([task.remote(home) for _ in range(tellers)])  # warms them up
    for _ in range(rounds):
        started = time.perf_counter()
        ray.get([task.remote(home) for _ in range(tellers)])
        found.append(each * tellers / (time.perf_counter() - started))
    ray.shutdown()
    return median(found)


def main() -> None:
    """Measure and print."""
    parser = options(__doc__, rounds=3)
    parser.add_argument("--repeats", type=int, default=12, help="repeats of a round")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overhead.yaml"
        path.write_text(CONFIG)
        job = Job(dump_config(load_config(path, Options())), 0, Path(folder), None)
    found: dict[str, list[float]] = {"local": [], "ray": []}
    executors: dict[str, Executor] = {"local": LocalExecutor(1), "ray": RayExecutor(jobs=1)}
    for _ in range(chosen.rounds):
        for name, executor in executors.items():
            found[name] += overheads(executor, job, chosen.repeats)
    for name, seconds in found.items():
        print(
            f"{name:6} median {median(seconds):.3f} s, longest {max(seconds):.3f} s, over {len(seconds)} repeats"
        )
    part()
    print(f"one actor takes {events_per_second():,.0f} events a second")
    finish({"per_repeat": median(found["ray"]) / median(found["local"])})


if __name__ == "__main__":
    main()
