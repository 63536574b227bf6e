"""``cnnlab train`` with a sweep: the table of cells, the trainings, the result."""

import sys
from pathlib import Path
from typing import Any

from cnnlab.cli.cells import print_states, states_to_json
from cnnlab.cli.options import console, print_json
from cnnlab.cli.progress import clock
from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.report.numbers import counted


def train_sweep(document: Any, config: Any, show: Any, *, smoke: bool, dry_run: bool, **request: Any) -> None:
    """Train, or only tell, every cell of the sweep that a checked document asks for."""
    from cnnlab.experiments.sweep_plan import SweepRequest

    wanted = SweepRequest.of(document, config, smoke=smoke, argv=tuple(sys.argv), **request)
    _carry_out(wanted, show, dry_run=dry_run)


def resume_sweep(folder: Path, show: Any, *, dry_run: bool = False, **request: Any) -> None:
    """Go on with the sweep in `folder`, all of it taken from there."""
    from cnnlab.config.load import check
    from cnnlab.config.source import read_document
    from cnnlab.runs.sweeps import read_sweep

    index = read_sweep(folder)
    document = read_document(folder / "config.yaml")
    document.path = Path(index.directory or folder) / "config.yaml"
    if request.get("data_dir") is None and index.data_dir is not None:
        request["data_dir"] = Path(index.data_dir)
    request |= {"runs_dir": folder.parent, "folder": folder, "bundled_for": index.bundled_for}
    train_sweep(document, check(document), show, smoke=index.smoke, dry_run=dry_run, **request)


def _carry_out(request: Any, show: Any, *, dry_run: bool) -> None:
    from cnnlab.cli.sweep_progress import sweep_display
    from cnnlab.experiments.sweep import require_finished, run_sweep
    from cnnlab.experiments.sweep_plan import planned

    stop_on_sigterm()
    with planned(request) as plan:
        out = console(quiet=show.quiet, stderr=True)
        if dry_run:
            _tell(plan, show)
            return
        if not plan.waiting:
            out.print(f"Finished already: {plan.folder}", markup=False, soft_wrap=True)
            outcome = run_sweep(plan, lambda event: None)
        else:
            if plan.folder is not None:
                early = sum(cell.stopped for cell in plan.cells)
                kept = f"{plan.finished} of {plan.trainings} trainings are finished"
                kept += f", {counted(early, 'cell')} stopped early" if early else ""
                out.print(f"Going on with {plan.folder}: {kept}.", markup=False, soft_wrap=True)
            with sweep_display(plan, out) as listen:
                outcome = run_sweep(plan, listen)
    _show(outcome, show)
    require_finished(outcome)


def _show(outcome: Any, show: Any) -> None:
    screen = console(quiet=show.quiet)
    if outcome.status == "interrupted":
        print_states(outcome.folder, outcome.cells, outcome.repeats, screen)
    elif not show.quiet:
        from cnnlab.report.build.sweep import sweep_document
        from cnnlab.report.render.terminal import print_document
        from cnnlab.report.sweep.collect import collect_sweep

        print_document(sweep_document(collect_sweep(outcome.folder)), screen)
    if show.as_json:
        about = {"sweep": outcome.folder.resolve(), "status": outcome.status}
        print_json({**about, **states_to_json(outcome.cells, outcome.repeats)})


def _tell(plan: Any, show: Any) -> None:
    """Print what a sweep would do, and how long it would take."""
    from cnnlab.experiments.estimate import estimate
    from cnnlab.report.build.run_list import cells_table
    from cnnlab.report.render.terminal import print_table
    from cnnlab.runs.sweeps import CellState

    screen = console(quiet=show.quiet)
    states = []
    for cell in plan.cells:
        done = plan.done(cell)
        status = "done" if done == len(plan.repeats) else "partial" if done else "waiting"
        status = "stopped" if cell.stopped else status
        states.append(CellState(cell.entry, cell.path, status, done))
    print_table(cells_table(states, len(plan.repeats)), screen)
    cells, repeats = counted(len(plan.cells), "cell"), counted(len(plan.repeats), "repeat")
    left = "" if plan.waiting == plan.trainings else f", of which {plan.waiting} are left"
    screen.print(f"\n{cells} of {repeats}: {counted(plan.trainings, 'training')}{left}.")
    seconds = None
    if plan.waiting:
        first = next(cell for cell in plan.cells if cell.waiting)
        found = estimate(first.plan, plan.waiting)
        seconds = found.total([(cell.plan.config, len(cell.waiting)) for cell in plan.cells])
        screen.print(
            f"About {clock(seconds)} with {found.side_by_side} side by side, if all cells are like "
            f"{first.entry.label}, of which an epoch took {found.epoch:.2g} s.",
            markup=False,
        )
        if plan.request.race is not None:
            screen.print("Cells that are stopped early make it shorter (sweep.early_stop: asha).")
    if show.as_json:
        told = [{"label": s.entry.label, "values": s.entry.values, "status": s.status} for s in states]
        numbers = {"trainings": plan.trainings, "waiting": plan.waiting, "seconds": seconds}
        print_json({"cells": told, "repeats": len(plan.repeats), **numbers, "sweep": plan.folder})
