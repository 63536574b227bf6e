"""Weights drawn by TensorFlow's generators, whatever the backend; the same on all of them: test_agreement.py."""

import numpy as np
import pytest

from cnnlab.backends.initial_weights import drawn_alike

pytestmark = pytest.mark.keras

INITIALIZERS = ("GlorotUniform", "HeNormal", "RandomNormal", "RandomUniform", "TruncatedNormal", "Orthogonal")


def drawn() -> dict[str, np.ndarray]:
    from keras import initializers

    made = {name: getattr(initializers, name)(seed=3) for name in INITIALIZERS}
    return {name: np.asarray(one((4, 5))) for name, one in made.items()}


def test_what_another_backend_draws_is_what_tensorflow_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras
    from keras.src.initializers import random_initializers

    expected, theirs = drawn(), random_initializers.random
    with drawn_alike():
        assert random_initializers.random is theirs  # on TensorFlow nothing needs to change
    monkeypatch.setattr(keras.backend, "backend", lambda: "another")
    with drawn_alike():
        assert random_initializers.random is not theirs
        found = drawn()
    assert random_initializers.random is theirs
    for name in INITIALIZERS:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_the_backends_own_numbers_are_back_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras
    from keras.src.initializers import random_initializers

    theirs = random_initializers.random
    monkeypatch.setattr(keras.backend, "backend", lambda: "another")
    with pytest.raises(ValueError, match="no such shape"), drawn_alike():
        raise ValueError("no such shape")
    assert random_initializers.random is theirs
