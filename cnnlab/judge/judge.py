"""Judging files: each in its own process, several at a time, none stopped by another."""

import contextlib
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from cnnlab.errors import CnnlabError
from cnnlab.judge.cases import FUNCTIONS
from cnnlab.judge.checks.evaluate import check_evaluate
from cnnlab.judge.checks.feedforward import check_feedforward, check_sample, measure_speed
from cnnlab.judge.checks.file_state import METHODS, FileState
from cnnlab.judge.checks.functions import check_function
from cnnlab.judge.checks.runner import NetworkRunner
from cnnlab.judge.checks.setup import check_setup
from cnnlab.judge.examination import Examination, prepare
from cnnlab.judge.explanations import LOST, explain_exception
from cnnlab.judge.files import find_files
from cnnlab.judge.limits import Limits
from cnnlab.judge.outcome import CallOutcome
from cnnlab.judge.results import FOLLOWS, GRADES, FileResult, Finding, Judgement
from cnnlab.judge.run_folder import write_run
from cnnlab.judge.session import ChildSession, LoadFailed
from cnnlab.judge.source import read_source


def judge_files(
    paths: Sequence[Path],
    *,
    against: str = "numpy",
    strict: bool = False,
    seed: int = 0,
    limits: Limits | None = None,
    runs_dir: Path | None = None,
    listen: Callable[[FileResult], None] | None = None,
) -> Judgement:
    """Judge files, and each cnn.py below folders; `listen` gets each result as soon as it is there.

    Raises CnnlabError where there is no file to judge. A file that cannot be judged is a result like another.
    """
    files = find_files(paths)
    if not files:
        raise CnnlabError("Nothing to judge: give a file cnn.py, several, or a folder with such files in it.")
    examination = prepare(against, seed)
    speeds = examination.speeds()
    results = []
    for result in judge_all(files, examination, limits):
        result.reference_microseconds = speeds
        results.append(result)
        if listen is not None:
            listen(result)
    judgement = Judgement(tuple(results), examination.reference.name, seed, strict)
    return judgement if runs_dir is None else replace(judgement, run=write_run(runs_dir, judgement))


def judge_all(
    files: Sequence[Path], examination: Examination, limits: Limits | None = None
) -> Iterator[FileResult]:
    """Yield a result for each file, in order."""
    workers = max(1, min(len(files), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))
    with _shared_folder() as shared:
        pool = ThreadPoolExecutor(workers)
        try:
            yield from pool.map(lambda file: judge_file(file, examination, shared, limits or Limits()), files)
        finally:
            pool.shutdown(cancel_futures=True)


def judge_file(file: Path, examination: Examination, shared: Path, limits: Limits) -> FileResult:
    """Judge one file; whatever is in it, a result comes back."""
    started = time.monotonic()
    result = FileResult(file)
    source = read_source(file)
    if source.problem is not None:
        mistake, line, message = source.problem
        _cannot_be_judged(result, mistake, message, line)
    else:
        try:
            with ChildSession(file, shared, limits) as session:
                _judge(session, examination, FileState(result, source))
        except Exception as error:  # a bug in cnnlab: it must not take the other files' results with it
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            message = f"cnnlab itself failed ({type(error).__name__}: {error}, {place})."
            _cannot_be_judged(result, "internal_error", message, None)
    result.seconds = time.monotonic() - started
    return result


def _judge(session: ChildSession, examination: Examination, state: FileState) -> None:
    result = state.result
    try:
        session.load()
    except LoadFailed as failed:
        _cannot_be_judged(result, *_why_not(failed.outcome), failed.outcome.line)
        return
    if not session.has:
        _cannot_be_judged(
            result, "nothing_to_judge", "Not one function or class of the interface is in the file.", None
        )
        return
    for name in FUNCTIONS:
        check_function(name, examination.functions[name], examination.reference, session, state)
    runner = NetworkRunner(examination, session, state)
    can_be_built = check_setup(runner)
    if can_be_built:
        check_sample(runner)
        check_feedforward(runner)
        check_evaluate(runner)
    state.find_harmless_shapes()
    if can_be_built:
        result.microseconds = measure_speed(runner)
    else:
        for method in METHODS[1:]:
            state.set_status(method, "required", FOLLOWS, {"setup_model"})
    order = {name: position for position, name in enumerate(result.checks)}
    result.findings.sort(key=lambda f: (GRADES.index(f.grade), order[f.check]))


def _why_not(outcome: CallOutcome) -> tuple[str, str]:
    """Why running the file came to nothing."""
    if outcome.kind in LOST:
        return outcome.kind, f"Running the file: {LOST[outcome.kind][0].lower()}{LOST[outcome.kind][1:]}"
    mistake, message = explain_exception(outcome, "running the file")
    if mistake in ("raises_exception", "arguments_differ", "not_written"):
        return "import_failed", f"Running the file ends in an exception. {message}"
    return mistake, f"Running the file: {message[0].lower()}{message[1:]}"


def _cannot_be_judged(result: FileResult, mistake: str, message: str, line: int | None) -> None:
    result.judged = False
    result.findings.clear()
    result.checks = {name: type(check)(name) for name, check in result.checks.items()}
    result.findings.append(Finding(str(result.file), "file", "required", mistake, line, message))


@contextlib.contextmanager
def _shared_folder() -> Iterator[Path]:
    """A folder for what all files may share: Matplotlib's list of fonts, which takes seconds to make."""
    folder = Path(tempfile.mkdtemp(prefix="cnnlab-fonts-"))
    try:
        for known in Path("~/.cache/matplotlib").expanduser().glob("fontlist-*.json"):
            shutil.copy(known, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
