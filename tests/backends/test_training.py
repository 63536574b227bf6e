"""Exact resume, and every shipped config, on PyTorch and JAX: the tests that TensorFlow has, in a process for each."""

import subprocess
import sys

import pytest

from tests.backends.installed import OTHERS
from tests.conftest import REPOSITORY, environment

pytestmark = [pytest.mark.keras]
FILES = ("tests/experiments/test_resume.py", "tests/training/test_configs.py")


def require_passed(backend: str, chosen: str, timeout: float) -> None:
    """Run the tests that `chosen` names, with Keras on `backend`."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *FILES, "-k", chosen],
        cwd=REPOSITORY,
        env=environment(CNNLAB_CHOSEN_BACKEND=backend),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("backend", OTHERS)
def test_a_stopped_repeat_goes_on_to_the_same_bits_and_configs_train(backend: str) -> None:
    """One set of options, two configs."""
    chosen = "(test_a_stopped_repeat and plateau) or (test_a_shipped_config and (demo or strided))"
    require_passed(backend, chosen, timeout=600)


@pytest.mark.slow
@pytest.mark.parametrize("backend", OTHERS)
def test_everything_resumes_and_every_config_trains(backend: str) -> None:
    require_passed(backend, "test_resume or test_a_shipped_config", timeout=3600)
