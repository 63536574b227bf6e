"""Judging in tests: the examination is prepared once, and results of whole corpora are shared."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cnnlab.judge.examination import Examination, prepare
from cnnlab.judge.judge import judge_all
from cnnlab.judge.limits import Limits
from cnnlab.judge.results import FileResult

Judge = Callable[..., list[FileResult]]


@pytest.fixture(scope="session")
def examination() -> Examination:
    """The questions and right answers, from our NumPy network."""
    return prepare()


@pytest.fixture(scope="session")
def judge(examination: Examination) -> Judge:
    """Judge files with generous or given limits."""

    def run(files: Sequence[Path], limits: Limits | None = None) -> list[FileResult]:
        return list(judge_all(files, examination, limits))

    return run


@pytest.fixture(scope="session")
def judge_text(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., FileResult]:
    """Judge one file given by its text."""

    def run(text: str, limits: Limits | None = None, **companions: str) -> FileResult:
        folder = tmp_path_factory.mktemp("submission")
        for name, content in companions.items():
            (folder / f"{name}.py").write_text(content, encoding="utf-8")
        (folder / "cnn.py").write_text(text, encoding="utf-8")
        return judge([folder / "cnn.py"], limits)[0]

    return run
