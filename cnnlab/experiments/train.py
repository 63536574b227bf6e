"""Training, from a checked config or from the folder of an earlier start, to its end."""

from dataclasses import replace
from pathlib import Path

from cnnlab.executors.base import Event, Listener
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.outcome import Outcome, outcome_of
from cnnlab.experiments.plan import Experiment, Plan
from cnnlab.experiments.planning import planned
from cnnlab.experiments.recorded import finished_repeats
from cnnlab.experiments.resume import matching_runs, resumed
from cnnlab.experiments.run import run
from cnnlab.runs.read import Run
from cnnlab.runs.summary_files import write_summary


def train(experiment: Experiment, launch: Launch, listen: Listener) -> Outcome:
    """Train a run, or every cell of a sweep; see `planned` and `run` for what is raised."""
    with planned(experiment, launch) as plan:
        found = _matching(plan) if launch.skip_finished else []
        finished = [each for each in found if set(plan.repeats) <= set(finished_repeats(each))]
        if finished:
            return _as_finished(plan, finished[0], listen)
        if not found:
            return run(plan, listen)
    return resume(found[0].path, replace(launch, only_repeat=None), listen)


def resume(folder: Path, launch: Launch, listen: Listener) -> Outcome:
    """Train what is left to do in the folder of a run or of a sweep; see `resumed` and `run` for what is raised."""
    with resumed(folder, launch) as plan:
        return run(plan, listen)


def _matching(plan: Plan) -> list[Run]:
    """Earlier runs of a plan; none of a sweep's, which finds its own."""
    return [] if plan.is_sweep else matching_runs(plan.launch.runs_dir, plan.cells[0])


def _as_finished(plan: Plan, found: Run, listen: Listener) -> Outcome:
    """The outcome of a run that has finished what is asked for."""
    plan = plan.in_folder(found.path)
    cell = replace(plan.cells[0], done=finished_repeats(found), begun=True)
    plan = replace(plan, cells=(cell,))
    listen(Event("planned", content=plan))
    write_summary(found.path)
    return replace(outcome_of(plan), status="done")
