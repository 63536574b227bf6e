"""The eight symmetries are eight, and called what they are."""

import numpy as np

from cnnlab.datasets.audit.symmetries import WORDS, symmetries_of, transformed


def test_they_are_the_eight_rotations_and_reflections() -> None:
    """All differ; three are turns, by NumPy's own; of images that are not square four keep the shape."""
    image = np.arange(9).reshape(1, 3, 3)
    every = [transformed(image, k) for k in symmetries_of(3, 3)]
    assert len({each.tobytes() for each in map(np.ascontiguousarray, every)}) == len(WORDS) == 8
    for k, each in enumerate(every):
        turns = [t for t in (1, 2, 3) if (np.rot90(image[0], t) == each[0]).all()]
        assert WORDS[k].startswith("turned") == bool(turns)
        assert ("180°" in WORDS[k]) == (turns == [2])
    assert len(symmetries_of(3, 4)) == 4
