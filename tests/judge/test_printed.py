"""The lines that `evaluate` prints are read in whatever form."""

import math

import pytest

from cnnlab.judge.printed import read_lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Train loss: 0.1234", {"train_loss": 0.1234}),
        ("Test accuracy :98.1 %", {"test_accuracy": 98.1}),
        ("\tTRAIN ACC = .98", {"train_accuracy": 0.98}),
        ("Train loss (cross-entropy): -1e-3", {"train_loss": -0.001}),
        ("Train loss: 1.0, Train accuracy: 0.5", {"train_loss": 1.0, "train_accuracy": 0.5}),
        ("Test loss: inf\nTest loss: 2", {"test_loss": 2.0}),
        ("Test loss: np.float64(0.25)", {"test_loss": 0.25}),
        ("Validation loss: 3", {}),
        ("untrained loss: 3", {}),
    ],
)
def test_printed_lines_are_read(text: str, expected: dict[str, float]) -> None:
    assert {key: number.value for key, number in read_lines(text).items()} == expected


def test_printed_numbers_are_as_exact_as_they_are_printed() -> None:
    lines = read_lines("Train loss: 0.12\nTest loss: nan\nTrain accuracy: 97.22")
    assert lines["train_loss"].equals(0.1234) and not lines["train_loss"].equals(0.127)
    assert lines["train_accuracy"].equals_share(35 / 36) and math.isnan(lines["test_loss"].value)
    assert not lines["test_loss"].equals(0.3)
