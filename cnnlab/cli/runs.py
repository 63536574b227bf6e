"""``cnnlab runs``: list, show, diff, rm, export."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cnnlab.cli.cells import print_states, states_to_json
from cnnlab.cli.commands import COMMANDS, new_app
from cnnlab.cli.complaints import say
from cnnlab.cli.options import RUN, Json, OneRun, Quiet, RunsDir, console, print_json
from cnnlab.errors import RunError
from cnnlab.files import write_text
from cnnlab.report.builders.run_diff import diff_section, diff_to_json
from cnnlab.report.builders.run_list import run_list, run_list_texts
from cnnlab.report.builders.run_page import run_page, run_to_json
from cnnlab.report.render.terminal import print_section, print_table, print_texts
from cnnlab.runs.diff import diff_runs
from cnnlab.runs.find import find_run, find_runs, find_sweep, list_runs, runs_directory, with_cells
from cnnlab.runs.overview import chosen, overview, parse_since
from cnnlab.runs.read import load_run
from cnnlab.runs.records import records, to_csv
from cnnlab.runs.remove import check_removable, remove_run, size_of
from cnnlab.runs.sweeps import cell_state, is_sweep, read_sweep

app = new_app(help=COMMANDS["runs"])

SomeRuns = Annotated[list[str], typer.Argument(metavar="RUN", help=f"{RUN} Or a glob in quotes.")]
STATUSES = ("running", "done", "partial", "failed", "interrupted", "stopped", "damaged")


@app.command("list")
def list_(
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="TEXT", help="Only runs whose name contains or matches this."),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="STATUS", help=f"Only these: {', '.join(STATUSES)}; repeatable."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="WHEN", help="Only runs since a date (2026-11-01), or 12h, 7d, 2w ago."
        ),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option("--sweep", metavar="SWEEP", help="The cells of a sweep instead, with their status."),
    ] = None,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the runs, newest first: status, repeats done, accuracy, data.

    Example: cnnlab runs list --name lab2025 --status done --since 7d

    The accuracy is that of the test set, with its sd over the repeats; where the test set has no labels it is
    that of validation, marked val. A sweep is one line, with all its trainings counted; --sweep SWEEP lists
    its cells.
    """
    for word in status or ():
        if word not in STATUSES:
            raise RunError(f"--status expects {', '.join(STATUSES[:-1])} or {STATUSES[-1]}, got '{word}'.")
    directory = runs_directory(runs_dir)
    if sweep is not None:
        if name or status or since:
            raise RunError(
                "--sweep lists all cells of a sweep: --name, --status and --since do not go with it."
            )
        _list_cells(find_sweep(sweep, directory), as_json=as_json, quiet=quiet)
        return
    after = parse_since(since) if since else None
    everything = [overview(path) for path in list_runs(directory)]
    found = chosen(everything, name=name, statuses=status or (), since=after)
    screen = console(quiet=quiet)
    if found:
        print_table(run_list(found), screen)
        if notes := list(run_list_texts(found)):
            screen.print()
            print_texts(notes, screen)
    else:
        several = (
            f"None of the {len(everything):,} runs fits"
            if len(everything) > 1
            else "The only run does not fit"
        )
        none = several if everything else "There is no run yet"
        screen.print(f"{none}, in {directory}.", soft_wrap=True, markup=False)
    if as_json:
        print_json(
            {
                "runs_dir": directory.absolute(),
                "runs": [asdict(one) | {"path": one.path.resolve()} for one in found],
            }
        )


@app.command("show")
def show(
    run: OneRun = "latest", runs_dir: RunsDir = None, as_json: Json = False, quiet: Quiet = False
) -> None:
    """Show one run: how it was made, on what, its repeats, its files.

    Example: cnnlab runs show latest

    For its results with intervals and published values, use cnnlab report.
    """
    path = find_run(run, runs_directory(runs_dir), sweeps=True)
    found = load_run(path)
    if is_sweep(path):
        print_section(run_page(found), console(quiet=quiet))
        console(quiet=quiet).print()
        _list_cells(path, as_json=as_json, quiet=quiet)
        return
    print_section(run_page(found), console(quiet=quiet))
    if as_json:
        print_json(run_to_json(found))


@app.command("diff")
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help=RUN)],
    b: Annotated[str, typer.Argument(metavar="B", help="The run to compare with it.")],
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show how two runs differ: configs key by key, environments, results.

    Example: cnnlab runs diff lab2025 baseline

    Keys are written as --set takes them. 2|3 is the item that is number 2 in A and 3 in B.
    """
    one, other = (load_run(find_run(word, runs_directory(runs_dir))) for word in (a, b))
    found = diff_runs(one, other)
    print_section(diff_section(one, other, found), console(quiet=quiet))
    if as_json:
        print_json(diff_to_json(one, other, found))


@app.command("rm")
def remove(
    runs: SomeRuns,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    runs_dir: RunsDir = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Remove run folders for good, after asking.

    Example: cnnlab runs rm 20261121-2359

    Only run folders that lie in the runs directory, and only whole: nothing is removed through a link, and no
    run that is in use.
    """
    directory = runs_directory(runs_dir)
    paths = find_runs(runs, directory)
    check_removable(paths, directory)
    if not yes:
        for path in paths:
            say(f"{path}  {_megabytes(size_of(path))}", err=True)
        _ask(f"Remove {'this run' if len(paths) == 1 else f'these {len(paths)} runs'} for good?")
    for path in paths:
        remove_run(path, directory)
        if not quiet:
            say(f"removed {path}")
    if as_json:
        print_json({"removed": paths})


@app.command("export")
def export(
    runs: SomeRuns,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV, the default.")] = False,
    epochs: Annotated[
        bool, typer.Option("--epochs", help="One row per epoch, with its curves, in place of one per repeat.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to. Default: stdout.")
    ] = None,
    runs_dir: RunsDir = None,
    as_json: Json = False,
) -> None:
    """Print runs as one table for a spreadsheet or a program.

    Example: cnnlab runs export 'lab*' --csv --output results.csv

    One row per repeat, or per epoch. With several runs, columns such as config.training.epochs hold the keys
    in which their configs differ. A sweep stands for all of its cells.
    """
    if csv and as_json and output is None:
        raise RunError("--csv and --json both print on stdout: give --csv a file with --output FILE.")
    found = [load_run(path) for path in with_cells(find_runs(runs, runs_directory(runs_dir)))]
    rows = records(found, "epoch" if epochs else "repeat")
    if output is not None:
        write_text(output, to_csv(rows))
    elif not as_json:
        sys.stdout.write(to_csv(rows))
    if as_json:
        print_json({"rows": rows})


def _list_cells(path: Path, *, as_json: bool, quiet: bool) -> None:
    index = read_sweep(path)
    states = [cell_state(path, cell, index.repeats) for cell in index.cells]
    print_states(path, states, len(index.repeats), console(quiet=quiet))
    if as_json:
        print_json(
            {"sweep": path.resolve(), "name": index.name, **states_to_json(states, len(index.repeats))}
        )


def _ask(question: str) -> None:
    """Raise RunError unless the answer is yes."""
    say(f"{question} [y/N] ", err=True, nl=False)
    answer = sys.stdin.readline()
    if not answer:
        typer.echo("", err=True)
        raise RunError("nobody answered, and nothing is removed: add --yes.")
    if answer.strip().lower() not in {"y", "yes"}:
        raise RunError("nothing is removed.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
