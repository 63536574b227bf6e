"""What is said of known mistakes."""

import pytest

from cnnlab.judge.mistakes import EVEN_KERNELS, FEEDFORWARD, FUNCTIONS, SAMPLE
from cnnlab.judge.mistakes.counting import COUNTING
from cnnlab.judge.mistakes.evaluate import ACCURACIES, LOSSES

pytestmark = pytest.mark.heavy


def test_feedback_holds_no_code_of_the_solution() -> None:
    networks = (EVEN_KERNELS, SAMPLE, FEEDFORWARD, COUNTING, LOSSES, ACCURACIES)
    messages = [m.message for mistakes in (*FUNCTIONS.values(), *networks) for m in mistakes.entries]
    assert all("np." not in message and "[" not in message and message.endswith(".") for message in messages)
