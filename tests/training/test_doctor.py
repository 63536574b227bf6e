"""What would surprise a person, in sentences."""

import pytest

from cnnlab.training import doctor

GOOD = {"backend": "tensorflow", "devices": ["CPU"]}


@pytest.mark.parametrize(
    ("environment", "settings", "said"),
    [
        ({}, None, []),
        ({}, {"floatx": "float32", "backend": "tensorflow"}, []),
        ({}, {"floatx": "float16"}, ["keras.json sets floatx to 'float16'; cnnlab uses 'float32'"]),
        ({"KERAS_MAX_EPOCHS": "1"}, None, ["$KERAS_MAX_EPOCHS is set and would cap every training"]),
        ({"KERAS_BACKEND": "jax"}, None, ["names the backend 'jax'; cnnlab takes it from training.backend"]),
        ({"TF_ENABLE_ONEDNN_OPTS": "0"}, None, ["$TF_ENABLE_ONEDNN_OPTS is 0"]),
    ],
)
def test_what_cnnlab_overrides_is_said(environment, settings, said, monkeypatch):
    monkeypatch.setattr(doctor, "gpus", list)
    found = doctor.warnings(environment, settings, GOOD)
    assert len(found) == len(said) and all(
        part in sentence for part, sentence in zip(said, found, strict=True)
    )


def test_a_gpu_that_the_backend_does_not_see_is_said(monkeypatch):
    monkeypatch.setattr(doctor, "gpus", lambda: [{"name": "G"}])
    assert "there is a GPU, but the backend does not see it" in doctor.warnings({}, None, GOOD)[0]
    assert not doctor.warnings({}, None, {**GOOD, "devices": ["CPU", "GPU:0"]})
