"""What is shown of a training: its progress, what came of it, or what it would be."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.cli.cells import asked_states, print_states, states_to_json
from cnnlab.cli.options import console, print_json
from cnnlab.cli.progress import clock, display
from cnnlab.errors import PicturesMissing, RunError, Unfinished, counted
from cnnlab.report.builders.report import build_report
from cnnlab.report.builders.run_list import cells_table
from cnnlab.report.builders.sweep import sweep_document
from cnnlab.report.gather import gather
from cnnlab.report.render.terminal import print_document, print_table
from cnnlab.report.sweep.collect import collect_sweep
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import Run, Runs, load_run
from cnnlab.runs.sweeps import CellState, is_sweep

if TYPE_CHECKING:
    from cnnlab.experiments.estimate import DryRun


def train_and_show(train: "Callable[..., Run] | Callable[..., Runs]", *, as_json: bool, quiet: bool) -> None:
    """Call `train` with its progress on stderr, and show what came of it, whether all of it is finished or not.

    Raises what it raises, and RunError where pictures are missing.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", PicturesMissing)
            with display(console(quiet=quiet, stderr=True)) as listen:
                trained = train(listen=listen)
    except Unfinished as error:
        if error.folder is not None:
            _show(error.folder, as_json=as_json, quiet=quiet)
        raise
    _show(trained.path if isinstance(trained, Run) else trained[0].path.parent, as_json=as_json, quiet=quiet)
    for warning in caught:
        raise RunError(str(warning.message))


def _show(folder: Path, *, as_json: bool, quiet: bool) -> None:
    if is_sweep(folder):
        _show_sweep(folder, as_json=as_json, quiet=quiet)
        return
    print_document(build_report(gather([folder])), console(quiet=quiet))
    if as_json:
        run = load_run(folder)
        print_json({"run": folder.resolve(), "status": run.status, "summary": run.summary})


def _show_sweep(folder: Path, *, as_json: bool, quiet: bool) -> None:
    screen, (states, repeats) = console(quiet=quiet), asked_states(folder)
    status = str(RunFolder(folder).status.read().status)
    if status == "interrupted":
        print_states(folder, states, repeats, screen)
    elif not quiet:
        print_document(sweep_document(collect_sweep(folder)), screen)
    if as_json:
        print_json({"sweep": folder.resolve(), "status": status, **states_to_json(states, repeats)})


def show_dry_run(found: "DryRun", *, as_json: bool, quiet: bool) -> None:
    """Print what would be trained, and how long it would take."""
    screen = console(quiet=quiet)
    if found.plan.is_sweep:
        _show_dry_sweep(found, as_json=as_json, quiet=quiet)
        return
    repeats, epochs = found.plan.waiting, found.plan.cells[0].config.training.epochs
    if found.estimate is not None and found.seconds is not None:
        side_by_side = f" with {found.estimate.side_by_side} side by side" if repeats > 1 else ""
        screen.print(
            f"{counted(repeats, 'repeat')} of {counted(epochs, 'epoch')}: about {clock(found.seconds)}{side_by_side}; "
            f"an epoch took {found.estimate.epoch:.2g} s.",
            markup=False,
        )
    if as_json:
        print_json({"trainings": repeats, "seconds": found.seconds})


def _show_dry_sweep(found: "DryRun", *, as_json: bool, quiet: bool) -> None:
    screen, plan = console(quiet=quiet), found.plan
    states = []
    for cell in plan.cells:
        done = plan.done(cell)
        status = "done" if done == len(plan.repeats) else "partial" if done else "waiting"
        states.append(CellState(cell.entry, cell.path, "stopped" if cell.stopped else status, done))
    print_table(cells_table(states, len(plan.repeats)), screen)
    cells, repeats = counted(len(plan.cells), "cell"), counted(len(plan.repeats), "repeat")
    left = "" if plan.waiting == plan.trainings else f", of which {plan.waiting} are left"
    screen.print(f"\n{cells} of {repeats}: {counted(plan.trainings, 'training')}{left}.")
    if found.estimate is not None and found.seconds is not None:
        screen.print(
            f"About {clock(found.seconds)} with {found.estimate.side_by_side} side by side, if all cells are like "
            f"{found.estimate.cell}, of which an epoch took {found.estimate.epoch:.2g} s.",
            markup=False,
        )
        if plan.experiment.race is not None:
            screen.print("Cells that are stopped early make it shorter (sweep.early_stop: asha).")
    if as_json:
        shown = [{"label": s.entry.label, "values": s.entry.values, "status": s.status} for s in states]
        numbers = {"trainings": plan.trainings, "waiting": plan.waiting, "seconds": found.seconds}
        print_json({"cells": shown, "repeats": len(plan.repeats), **numbers, "sweep": plan.folder})
