"""What is said where no known mistake fits."""

from collections.abc import Callable

import pytest

from cnnlab.judge.results import FileResult
from tests.judge.submissions.editing import reference_source

pytestmark = pytest.mark.heavy
RIGHT = reference_source("vectorised")
JudgeText = Callable[..., FileResult]


@pytest.mark.parametrize("place", ["file", "function"])
def test_a_file_that_needs_scikit_image_says_how_to_get_it(judge_text: JudgeText, place: str) -> None:
    """As where it is not installed."""
    hidden = "import sys\nsys.modules['skimage'] = None\n"
    text = (
        f"{hidden}from skimage import measure\n{RIGHT}"
        if place == "file"
        else hidden
        + RIGHT.replace("def flatten_layer(h):", "def flatten_layer(h):\n    import skimage.measure")
    )
    result = judge_text(text)
    finding = result.findings[0]
    assert result.judged == (place == "function")
    assert finding.mistake == ("import_failed" if place == "file" else "raises_exception")
    assert "pip install 'cnnlab[judge]'" in finding.message and "No module" not in finding.message
