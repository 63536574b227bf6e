"""``cnnlab verify --implementation``: judge somebody's own cnn.py."""

from collections.abc import Sequence
from pathlib import Path

import typer

from cnnlab.cli.options import console, print_json
from cnnlab.errors import EXIT_DIFFERENCE, EXIT_USAGE, CnnlabError


def judge_files(
    paths: Sequence[Path],
    *,
    strict: bool = False,
    against: str = "numpy",
    csv: Path | None = None,
    html: Path | None = None,
    template: Path | None = None,
    as_json: bool = False,
    quiet: bool = False,
    runs_dir: Path | None = None,
    seed: int = 0,
    time_limit: float = 10.0,
) -> None:
    """Judge files and folders; print tables and findings, and write what is asked for.

    Exits with 0 when every file passes, 3 when one does not, and 2 when the only file cannot be judged at all.
    """
    from cnnlab.judge.examination import prepare
    from cnnlab.judge.grades import write_grades
    from cnnlab.judge.judge import judge_all
    from cnnlab.judge.limits import Limits
    from cnnlab.judge.page import write_page
    from cnnlab.judge.paths import find_files
    from cnnlab.judge.record import write_run
    from cnnlab.judge.table import print_overview, print_result
    from cnnlab.judge.template import write_template

    out = console(quiet=quiet)
    if template is not None:
        write_template(template)
        out.print(f"Wrote {template}.", markup=False)
        if not paths:
            return
    files = find_files(paths)
    if not files:
        raise CnnlabError("Nothing to judge: give a file cnn.py, several, or a folder with such files in it.")
    examination = prepare(against, seed)
    speeds = examination.speeds()
    results = []
    for result in judge_all(files, examination, Limits(seconds=time_limit)):
        print_result(result, speeds, out, strict=strict)
        out.print()
        results.append(result)
    if len(results) > 1:
        print_overview(results, out, strict=strict)
    content = {
        "command": "verify",
        "against": examination.reference.name,
        "seed": seed,
        "strict": strict,
        "passed": all(result.passes(strict=strict) for result in results),
        "files": [result.to_json(strict=strict) for result in results],
        "findings": [finding.to_json() for result in results for finding in result.findings],
        "microseconds_per_image": speeds,
    }
    if csv is not None:
        write_grades(csv, results, strict=strict)
    if html is not None:
        write_page(html, results, speeds, examination.reference.name, strict=strict)
    if runs_dir is not None:
        content["run"] = str(write_run(runs_dir, results, content))
    if as_json:
        print_json(content)
    if len(results) == 1 and not results[0].judged:
        raise typer.Exit(EXIT_USAGE)
    if not content["passed"]:
        raise typer.Exit(EXIT_DIFFERENCE)
