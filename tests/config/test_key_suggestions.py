"""The error for a key in a wrong section names where it belongs."""

import pytest

from cnnlab.config.key_suggestions import full_key
from tests.config.test_schema_errors import refusal
from tests.sample_configs import MINIMAL


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            MINIMAL + "epochs: 3\n",
            "epochs: unknown key 'epochs' (did you mean 'training.epochs'?); valid: name,",
        ),
        (
            MINIMAL + "training: {learning_rate: 0.1}\n",
            "unknown key 'learning_rate' (did you mean 'training.optimizer.learning_rate'?); valid: epochs,",
        ),
        (
            MINIMAL + "training: {seed: 1}\n",
            "unknown key 'seed' (did you mean 'seed' at the top level, beside 'training'?); valid: epochs,",
        ),
        (
            MINIMAL.replace("mnist10k", "mnist10k\n  batch_size: 3"),
            "data.batch_size: unknown key 'batch_size' (did you mean 'training.batch_size'?); valid: dataset,",
        ),
        (
            MINIMAL.replace("filters: 4", "epochs: 4"),
            "conv_block.epochs: unknown key 'epochs'; valid: filters,",
        ),
    ],
)
def test_a_key_of_another_section(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("name", "name"),
        ("train_size", "data.train_size"),
        ("tta", "evaluation.tta"),
        ("warmup", "training.schedule.warmup"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_places(key, place):
    assert full_key(key) == place
