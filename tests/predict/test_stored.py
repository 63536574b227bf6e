"""What training has stored of each image."""

import numpy as np

from cnnlab.predict.stored import same_images, stored_predictions, stored_tta
from cnnlab.runs.read import load_run
from tests import fake_runs


def test_predictions_on_all_images_of_a_split_or_none(tmp_path):
    folder = fake_runs.make_run(tmp_path, accuracies=(0.9, 0.8), images=40, hidden_test=True)
    first, second = load_run(folder.path).done
    assert stored_predictions(first, "test") is None  # 10,000 images were measured, and 40 are there
    sized = [
        repeat.__class__(
            repeat.k,
            repeat.path,
            repeat.status,
            repeat.error,
            repeat.result.model_copy(update={"sizes": {"test": 40}}),
        )
        for repeat in (first, second)
    ]
    found = [stored_predictions(repeat, "test") for repeat in sized]
    one, other = [each for each in found if each is not None]
    assert one.probabilities.shape == (40, 10) and (one.label == -1).all()
    assert same_images([one, other])
    moved = other.__class__("test", other.index[::-1], other.label, other.probabilities)
    assert not np.array_equal(moved.index, one.index) and not same_images([one, moved])
    assert stored_predictions(sized[0], "validation") is None and stored_tta(first) == "none"
