"""Exact resume, and every shipped config, on PyTorch and JAX: the tests that TensorFlow has, in a process for each."""

import pytest

from tests.backends.installed import OTHERS
from tests.conftest import REPOSITORY
from tests.warm import start_python

pytestmark = [pytest.mark.keras]
FILES = ("tests/experiments/test_resume.py", "tests/training/test_configs.py")


def require_passed(backend: str, chosen: str, timeout: float) -> None:
    """Run the tests that `chosen` names, with Keras on `backend`."""
    # helpers are imported already in the process that this one is forked from
    options = ("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-k", chosen)
    process = start_python(
        "-m", "pytest", *options, *FILES, cwd=REPOSITORY, frameworks=True, CNNLAB_CHOSEN_BACKEND=backend
    )
    done = process.wait(timeout)
    assert done.code == 0, done.out[-4000:]
    assert " passed" in done.out


@pytest.mark.parametrize("backend", OTHERS)
def test_a_stopped_repeat_goes_on_to_the_same_bits_and_configs_train(backend: str) -> None:
    """One set of options, two configs."""
    chosen = "(test_a_stopped_repeat and plateau) or (test_a_shipped_config and (demo or strided))"
    require_passed(backend, chosen, timeout=600)


@pytest.mark.slow
@pytest.mark.parametrize("backend", OTHERS)
def test_everything_resumes_and_every_config_trains(backend: str) -> None:
    require_passed(backend, "test_resume or test_a_shipped_config", timeout=3600)
