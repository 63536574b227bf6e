import functools
import os
import shutil
from datetime import datetime, timedelta

import pytest

from tests import fake_runs
from tests.browser import Browser, find_browser

REQUIRED = "CNNLAB_TEST_PROGRAMS"  # programs whose absence fails a test instead of skipping it, as in CI

MARKUP = "</script><script>window.owned=1</script><img src=x onerror=owned=1>"
HOSTILE = f"{MARKUP} \\input{{x}} $a_b^c$ %&#~ {{{{ 1 }}}} |*`é→漢\u202e"
PUBLISHED = {**fake_runs.PUBLISHED, "source": f"report {HOSTILE}"}


def require(program, found):
    """Skip a test without `program`, or fail it where the environment says that it must be there."""
    if not found:
        assert program not in os.environ.get(REQUIRED, "").split(), f"{program} is missing"
        pytest.skip(f"{program} is not installed, or does not start")
    return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium; one that does not start here, as without user namespaces, counts as missing."""
    program = require("chromium", find_browser())
    try:
        started = Browser(program, tmp_path_factory.mktemp("profile"))
    except (AssertionError, OSError):
        started = require("chromium", None)
    yield started
    started.close()


@pytest.fixture(scope="session")
def pdflatex():
    """The path of pdfLaTeX."""
    return require("pdflatex", shutil.which("pdflatex"))


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Two runs to compare: one with pictures, one with a failed repeat and hostile texts everywhere."""
    directory = tmp_path_factory.mktemp("formats")
    make = functools.partial(fake_runs.make_run, directory / "runs", epochs=6)
    start = datetime(2026, 11, 21, 12)
    first = make(accuracies=[0.90, 0.91, 0.93], now=start)
    shutil.copyfile(
        fake_runs.__file__.replace("fake_runs.py", "../docs/images/mistakes.png"),
        first.repeat(0).mistakes_path,
    )
    shutil.copyfile(
        fake_runs.__file__.replace("fake_runs.py", "../docs/images/mistakes.png"), first.augmentation_path
    )
    hostile = make(
        name=f"b {HOSTILE}",
        accuracies=[0.92, 0.94, 0.95],
        failed=[HOSTILE],
        published=PUBLISHED,
        class_names=(HOSTILE, "two"),
        now=start + timedelta(hours=1),
        settings={
            "training": {"epochs": 6, "note": HOSTILE},
            "model": [{HOSTILE: {HOSTILE: HOSTILE}}, HOSTILE],
        },
        experiment="3" * 64,
    )
    return first.path, hostile.path


@pytest.fixture
def make_run(tmp_path, monkeypatch):
    """Make a run folder in a runs directory of the test's own, from which the test works."""
    monkeypatch.chdir(tmp_path)
    return functools.partial(fake_runs.make_run, tmp_path / "runs")
