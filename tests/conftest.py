"""Helpers that the tests share: the real command line, and a tiny experiment on bundled digits."""

import gc
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent

# Asserts of helpers show their values when they fail, as those of tests do. This stands before any is imported.
pytest.register_assert_rewrite(
    *(f"tests.{path.stem}" for path in TESTS.glob("[a-z]*") if path.stem != "conftest")
)

from tests import warm  # noqa: E402
from tests.commands import REPOSITORY, Finished, do_not_wait_for_the_disk, environment  # noqa: E402
from tests.warm import run_cnnlab  # noqa: E402

do_not_wait_for_the_disk()


def heed_signals() -> None:
    """Let Ctrl-C and SIGTERM end the tests' process and what it starts, which inherits that they are ignored.

    A shell ignores SIGINT for what runs in its background, and a training that was interrupted in this process ignores
    further interrupts. A pool of `multiprocessing` whose processes ignore SIGTERM never ends.
    """
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


heed_signals()


TINY = """\
name: tiny
seed: 3
repeats: 2
data: {dataset: mnist10k, train_size: 96, limit_per_split: 100}
augment:
  - random_rotation: {factor: 0.05}
model:
  - conv_block: {convs: 1, filters: 4}
  - flatten
  - dense_block: {units: 8, dropout: 0.2}
  - classifier
training: {epochs: 3, batch_size: 16, threads: 1, validation_every: 2}
"""


__all__ = ["REPOSITORY", "TESTS", "TINY", "Finished", "environment", "run_cnnlab"]


_frozen_for: list[str] = []  # the file whose tests began last


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Let commands find Keras imported in tests that are marked so; keep collections of garbage cheap there.

    Each training begins with one (`keras.backend.clear_session`), which takes 0.3 s and more as long as it goes
    through all that Keras and TensorFlow hold for ever.
    """
    heed_signals()
    marked = item.get_closest_marker("keras") is not None
    warm.use_keras(wanted=marked)
    if marked and "keras" in sys.modules and _frozen_for != [item.path.name]:
        _frozen_for[:] = [item.path.name]
        gc.collect()
        gc.freeze()


# Groups of tests that take long. They begin first, so that no worker is left alone with one of them in the end.
LONG = ("compare", "train", "configs", "resume-command", "faults", "verify", "resume", "backends", "devices")


def pytest_collection() -> None:
    """Thousands of tests are made and none is thrown away: there is no garbage to look for."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what was collected out of later collections of garbage."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers, long groups come first."""
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if group is not None and group.args[0] in LONG:
        return LONG.index(group.args[0])
    return len(LONG) + (item.get_closest_marker("heavy") is None)


@pytest.fixture(scope="session")
def cnnlab() -> Any:
    """The command line as a function: ``cnnlab("report", "latest")``."""
    return run_cnnlab


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The file of an experiment that ends in seconds."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the tiny experiment, for tests that only read."""
    place = tmp_path_factory.mktemp("tiny")
    (place / "tiny.yaml").write_text(TINY)
    done = run_cnnlab("train", "-c", place / "tiny.yaml", "--runs-dir", place / "runs", "--json")
    assert done.code == 0, done.err
    return Path(done.json["run"])


@pytest.fixture
def own_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What extensions register in this process during the test is forgotten when it ends."""
    from cnnlab.augment import augmentation
    from cnnlab.blocks import block
    from cnnlab.datasets import dataset

    for registry in (augmentation, block, dataset):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
