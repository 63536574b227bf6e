"""What does Ray add to a repeat, once its processes have started, and how long does the command read events?

Run:     python benchmarks/cluster_overhead.py            (two minutes; needs the extra ray)

The same short repeats on the bundled digits, one after the other, by the local executor and by a Ray of this machine,
in turn. Overhead is what passes from the end of a repeat to the end of the next, less the training and evaluation that
the next one counts itself; the first of each round, which starts a process, is left out. Target: under 1 s on Ray.

Then one look of a command at 1,600 tasks that have each ended an epoch, on a local disk.
"""

import itertools
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from alternating import finish, options

from cnnlab.config.load import Options, load_config
from cnnlab.executors.base import Event, Executor, Job
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.ray import RayExecutor, leave
from cnnlab.executors.remote import read_events
from cnnlab.files import append_text, to_json_text

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


def reading_events(job: Job, tasks: int = 1600, rounds: int = 5) -> float:
    """Seconds in which the command reads one new event of each of so many tasks, the median of the rounds."""
    names = ("seconds", "learning_rate", "loss", "accuracy", "val_loss", "val_accuracy")
    row = {"epoch": 3, **dict.fromkeys(names, 0.5)}
    line = to_json_text({"kind": "epoch", "content": row, "error": None}) + "\n"
    found = []
    with tempfile.TemporaryDirectory() as folder:
        read = {Path(folder) / str(number): 0 for number in range(tasks)}
        for _ in range(rounds):
            for path in read:
                append_text(path, line)
            begun = time.perf_counter()
            for path, start in read.items():
                _, read[path] = read_events(job, path, start)
            found.append(time.perf_counter() - begun)
    return median(found)


def main() -> None:
    """Measure and print."""
    parser = options(__doc__, rounds=3)
    parser.add_argument("--repeats", type=int, default=12, help="repeats of a round")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overhead.yaml"
        path.write_text(CONFIG)
        job = Job.of(load_config(path, Options()), 0, Path(folder), None)
    found: dict[str, list[float]] = {"local": [], "ray": []}
    executors: dict[str, Executor] = {"local": LocalExecutor(1), "ray": RayExecutor(jobs=1)}
    for _ in range(chosen.rounds):
        for name, executor in executors.items():
            found[name] += overheads(executor, job, chosen.repeats)
    for name, seconds in found.items():
        print(
            f"{name:6} median {median(seconds):.3f} s, longest {max(seconds):.3f} s, over {len(seconds)} repeats"
        )
    leave()
    print(f"the command reads an event of each of 1,600 tasks in {reading_events(job):.3f} s")
    finish({"per_repeat": median(found["ray"]) / median(found["local"])})


if __name__ == "__main__":
    main()
