"""A file with conventions of its own: they are not mistakes, and do not hide one."""

from collections.abc import Callable

import pytest

from cnnlab.judge.results import FileResult
from tests.judge.submissions.editing import FOLDER

pytestmark = pytest.mark.heavy

JudgeText = Callable[..., FileResult]

CONVENTIONS = {
    "dense_columns": [
        ("correlate2d", "convolve2d", "conv2d_layer", "kernel_not_turned"),
        ("np.dot(W, h) + b, act", "np.dot(W, h), act", "dense_layer", "bias_missing"),
        (
            "-(y * np.log(p + 1e-15)).sum() / x.shape[0]",
            "((y - p) ** 2).mean()",
            "evaluate",
            "loss_is_mean_squared_error",
        ),
        ("act = 'softmax'", "act = 'linear'", "feedforward_sample", "softmax_missing"),
        ("h.flatten()", "h.flatten('F')", "flatten_layer", "flatten_column_major"),
        ("p.argmax(1) == y.argmax(1)", "p.argmin(1) == y.argmax(1)", "evaluate", "argmin_in_place_of_argmax"),
        ("return x * (x > 0)", "return np.abs(x)", "activation", "relu_is_absolute_value"),
    ],
    "dense_rows": [
        (
            "conv2d_layer(h, self.W[i]",
            "conv2d_layer(h, self.W[i][::-1, ::-1]",
            "feedforward_sample",
            "unknown_difference",
        ),
        ("W.T + b.reshape(1, -1), act", "W.T, act", "dense_layer", "bias_missing"),
        ("h.reshape(1, -1)\n\n", "h.T.reshape(1, -1)\n\n", "flatten_layer", "flatten_column_major"),
        ("self.b[-1], 'softmax'", "self.b[-1], 'sigmoid'", "feedforward_sample", "softmax_is_sigmoid"),
        ("np.concatenate([self", "np.stack([self", "dense_layer", "dense_returns_row"),
        ("testacc = np.mean(ptest", "testacc = np.mean(ptrain", "evaluate", "raises_exception"),
        (".max((0, 1))", ".mean((0, 1))", "pool2d_layer", "pool_is_mean"),
    ],
}


@pytest.mark.parametrize(
    ("base", "old", "new", "check", "mistake"),
    [(base, *rest) for base, edits in CONVENTIONS.items() for rest in edits],
)
def test_a_mistake_is_named_in_a_file_with_conventions_of_its_own(
    judge_text: JudgeText, base: str, old: str, new: str, check: str, mistake: str
) -> None:
    """Columns throughout are not a mistake, and do not hide one."""
    text = (FOLDER / "correct_variants" / base / "cnn.py").read_text()
    assert text.count(old) == 1
    result = judge_text(text.replace(old, new))
    assert {(f.check, f.mistake) for f in result.of_grade("required")} == {(check, mistake)}
