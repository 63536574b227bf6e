"""What all backends share: which GPUs they take, and what a loop over steps reports."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnlab.backends import BACKENDS
from cnnlab.backends.base import gpu_number, step_by_step
from cnnlab.errors import ConfigError


def test_which_gpu() -> None:
    assert gpu_number("auto", 0, "X") is None
    assert gpu_number("cpu", 2, "X") is None
    assert gpu_number("auto", 2, "X") == 0
    assert gpu_number("gpu:1", 2, "X") == 1
    assert gpu_number("gpu:1", 3, "X", devices=2) == 1
    with pytest.raises(ConfigError, match="number 2, but X sees 2"):
        gpu_number("gpu:2", 2, "X")
    with pytest.raises(ConfigError, match="expected 2 GPUs from number 1 on, but X sees 2 in all"):
        gpu_number("gpu:1", 2, "X", devices=2)


def test_a_backend_that_is_not_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    said = BACKENDS["torch"].lacks()
    assert said is not None and said.startswith("'torch' needs the package torch")
    assert said.endswith(", or choose the backend tensorflow")


@pytest.mark.keras
def test_a_loop_begins_anew_where_it_is_asked_to_and_joins_the_probabilities() -> None:
    begun: list[int] = []
    now: dict[str, Any] = {
        "loss": np.float32(0.5),
        "finite_steps": np.float32(2),
        "all_finite": np.float32(0),
    }
    part = SimpleNamespace(reset_metrics=lambda: begun.append(1), metrics_now=lambda: now)
    kept = [np.zeros((2, 3), np.float32), np.ones((1, 3), np.float32)]
    found = step_by_step(part, lambda batches, count: kept[:count])(iter(()), 2, begin=True)
    assert begun == [1] and found.figures == {"loss": 0.5}
    assert (found.finite_steps, found.all_finite) == (2, False)
    assert found.probabilities is not None and found.probabilities.tolist() == [[0] * 3, [0] * 3, [1] * 3]
    nothing = step_by_step(part, lambda batches, count: [])(iter(()), 1)
    assert begun == [1] and nothing.probabilities is None
