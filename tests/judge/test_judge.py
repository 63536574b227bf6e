"""The whole corpus of submissions through the judge: the innocent are not blamed, the mistaken are named."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cnnlab.judge.limits import Limits
from cnnlab.judge.results import FAILED, FOLLOWS, GRADES, FileResult
from tests.judge.submissions.editing import STYLES, reference_source
from tests.judge.submissions.hostile import HOSTILE, Hostile
from tests.judge.submissions.mutants import MUTANTS, Mutant, pairs
from tests.judge.submissions.variants import VARIANTS, Variant

pytestmark = pytest.mark.heavy

Judge = Callable[..., list[FileResult]]
SHORT = Limits(seconds=0.5, import_seconds=2.0, patience=1.0, spare=3.0)
SLOW_HOSTILE = ("endless", "waits")
EVERY = 5  # of the mutants, those that run with the fast tests


def named(result: FileResult) -> set[tuple[str, str, str]]:
    """(check, mistake, grade) of all findings."""
    return {(f.check, f.mistake, f.grade) for f in result.findings}


def failing(result: FileResult, grade: str) -> set[str]:
    """The checks that do not pass, for their own mistakes or those of others."""
    return {n for n, check in result.checks.items() if check.status(grade) in (FAILED, FOLLOWS)}


def judged(judge: Judge, folder: Path, sources: Sequence[str]) -> list[FileResult]:
    """Write files and judge them all at once."""
    paths = []
    for number, source in enumerate(sources):
        path = folder / str(number) / "cnn.py"
        path.parent.mkdir()
        path.write_text(source, encoding="utf-8")
        paths.append(path)
    return judge(paths)


def check_mutant(mutant: Mutant, result: FileResult) -> None:
    """Named rightly, at its line, and nothing else is blamed."""
    wanted = (mutant.function, mutant.identifier, mutant.grade)
    assert wanted in named(result), mutant.name
    assert mutant.line in {f.line for f in result.findings if f.mistake == mutant.identifier}, mutant.name
    assert {n for n in named(result) if n[2] != "beyond"} <= {wanted}, mutant.name
    expected = set(mutant.expected_checks) if mutant.grade == "required" else set()
    assert failing(result, "required") == expected, mutant.name
    for grade in GRADES[1 : GRADES.index(mutant.grade) + 1]:
        assert failing(result, grade) <= {mutant.function, *mutant.possible_checks}, mutant.name


def check_mutants(judge: Judge, folder: Path, mutants: Sequence[Mutant]) -> None:
    results = judged(judge, folder, [mutant.source for mutant in mutants])
    for mutant, result in zip(mutants, results, strict=True):
        check_mutant(mutant, result)


@pytest.mark.parametrize("style", STYLES)
def test_references_have_nothing_to_be_said(judge_text: Callable[..., FileResult], style: str) -> None:
    result = judge_text(reference_source(style))
    assert result.findings == []
    assert all(status == "passed" for check in result.checks.values() for status in check.statuses.values())
    assert result.microseconds is not None


def check_variant(variant: Variant, result: FileResult) -> None:
    """Nothing but the findings that the variant allows, and none of them required."""
    may_be_unsaid = {n for n in named(result) | set(variant.findings) if n[0] == "feedforward_sample"}
    assert result.passes(), (variant.name, result.findings)
    assert named(result) - may_be_unsaid == set(variant.findings) - may_be_unsaid, variant.name


def test_correct_variants_are_not_blamed(judge: Judge, tmp_path: Path) -> None:
    results = judge([variant.write(tmp_path / variant.name) for variant in VARIANTS])
    for variant, result in zip(VARIANTS, results, strict=True):
        check_variant(variant, result)


def test_some_mutants(judge: Judge, tmp_path: Path) -> None:
    check_mutants(judge, tmp_path, MUTANTS[::EVERY])


@pytest.mark.slow
def test_all_other_mutants(judge: Judge, tmp_path: Path) -> None:
    check_mutants(judge, tmp_path, [m for i, m in enumerate(MUTANTS) if i % EVERY])


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 12), pytest.param(2, 60, marks=pytest.mark.slow)], ids=["some", "sixty"]
)
def test_both_mistakes_of_a_pair_are_named(judge: Judge, tmp_path: Path, seed: int, count: int) -> None:
    drawn = pairs(seed, count)
    for pair, result in zip(drawn, judged(judge, tmp_path, [pair.source for pair in drawn]), strict=True):
        assert pair.expected <= {(check, mistake) for check, mistake, _ in named(result)}, (
            pair.first.name,
            pair.second.name,
            result.findings,
        )


def check_hostile(hostile: Hostile, result: FileResult) -> None:
    """The exit code, the findings, and what must not be blamed."""
    code = 2 if not result.judged else 0 if result.passes() else 3
    assert code == hostile.exit_code, (hostile.name, result.findings)
    assert set(hostile.findings) <= {(check, mistake) for check, mistake, _ in named(result)}, hostile.name
    assert not {f.check for f in result.of_grade("required")} & set(hostile.passing), hostile.name
    if hostile.line is not None:
        assert hostile.line in {f.line for f in result.findings if f.check == "file"}, hostile.name


def check_hostiles(judge: Judge, folder: Path, chosen: Sequence[Hostile], limits: Limits | None) -> None:
    results = judge([hostile.write(folder / hostile.name) for hostile in chosen], limits)
    for hostile, result in zip(chosen, results, strict=True):
        check_hostile(hostile, result)


def test_hostile_files(judge: Judge, tmp_path: Path) -> None:
    check_hostiles(judge, tmp_path, [h for h in HOSTILE if not h.name.startswith(SLOW_HOSTILE)], None)


def test_files_that_never_end_fail_that_check_alone(judge: Judge, tmp_path: Path) -> None:
    endless = [h for h in HOSTILE if h.name.startswith(SLOW_HOSTILE)]
    assert endless
    check_hostiles(judge, tmp_path, endless, SHORT)


@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.slow)], ids=["short", "fifty"])
def test_a_correct_file_passes_under_load(judge: Judge, tmp_path: Path, count: int) -> None:
    """Four threads of other work beside it, on however few cores."""
    stop = threading.Event()

    def burn() -> None:
        import subprocess
        import sys

        busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
        stop.wait()
        busy.kill()
        busy.wait()

    threads = [threading.Thread(target=burn) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        results = judged(judge, tmp_path, [reference_source(STYLES[i % 2]) for i in range(count)])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [result.findings for result in results] == [[]] * count
