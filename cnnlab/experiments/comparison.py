"""A comparison from its start to its end: each backend's first step, then its run, one backend after the other."""

import signal
import time
from collections.abc import Callable
from typing import Any

from cnnlab.errors import RepeatsFailed
from cnnlab.executors.processes import in_process
from cnnlab.experiments.comparison_plan import Comparison
from cnnlab.experiments.first_step import measure
from cnnlab.experiments.resume import done, matching_runs
from cnnlab.experiments.run import Plan, plan_run
from cnnlab.runs.read import Run

Train = Callable[[Plan, Run | None], None]
"""Trains what is planned, or goes on with an unfinished run of it, in this process."""


def compare(comparison: Comparison, train: Train, say: Callable[[str], None]) -> list[str]:
    """Measure and train on every backend, each in processes of its own; returns what failed, as sentences.

    What is finished is not done again. `train` must be a function that another process can import. Raises what stops a
    run before it starts, and Interrupted or KeyboardInterrupt.
    """
    failed = []
    for backend in comparison.backends:
        if comparison.folder.read_first_step(backend) is None:
            say(f"{backend}: weights, first batch and first step")
            found = in_process(measure, (comparison, backend, time.time()), say)
            comparison.folder.write_first_step(backend, *found)
        try:
            in_process(train_on, (comparison, backend, train), say, stops_on_sigterm=True)
        except RepeatsFailed as error:  # the others are worth having
            failed.append(f"{backend}: {error}")
    return failed


def train_on(task: tuple[Comparison, str, Train], say: Callable[[str], None]) -> None:
    """Train on one backend, unless that is done."""
    comparison, backend, train = task
    signal.signal(signal.SIGTERM, _interrupt)
    plan = plan_run(comparison.request(backend))
    runs = matching_runs(comparison.folder.runs_path, plan)
    if any(set(plan.repeats) <= set(done(run)) for run in runs):
        say(f"{backend}: finished already")
        return
    say(f"{backend}: {'going on with' if runs else 'training'} {len(plan.repeats)} repeats")
    train(plan, runs[0] if runs else None)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
