"""A config, written out and read again, is the same config, with the same hashes."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cnnlab.config.identity import experiment_hash, run_hash
from cnnlab.config.load import check, config_to_yaml, document_of, dump_config
from cnnlab.config.source import parse_document
from tests.config.strategies import CONFIGS
from tests.sample_configs import FULL, MINIMAL, loaded

ELSEWHERE = Path("/nowhere/c.yaml")


def checked(plain: dict[str, Any]) -> Any:
    return check(document_of(plain, ELSEWHERE))


@pytest.mark.parametrize("content", [MINIMAL, FULL])
def test_the_resolved_config_is_the_same_config(tmp_path, content):
    config = loaded(tmp_path, content)
    text = config_to_yaml(config)
    again = loaded(tmp_path, text)
    assert again == config
    assert run_hash(again) == run_hash(config) and experiment_hash(again) == experiment_hash(config)
    assert config_to_yaml(again) == text
    assert checked(dump_config(config)) == config


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONFIGS)
def test_a_valid_config_is_accepted_and_survives_the_round_trip(plain):
    config = checked(plain)
    assert check(parse_document(config_to_yaml(config), ELSEWHERE)) == config
    again = checked(dump_config(config))
    assert again == config and run_hash(again) == run_hash(config)


@pytest.mark.parametrize("value", [1e-5, 1e22, 1e-300, 0.1, 5e-324, 1.7976931348623157e308, 123456.789, -0.0])
def test_every_number_survives_the_text(tmp_path, value):
    config = loaded(tmp_path, {**FULL, "published": {"source": "a", "dataset": "b", "test_loss": value}})
    again = loaded(tmp_path, config_to_yaml(config))
    assert repr(again.published.test_loss) == repr(value)


@pytest.mark.parametrize(
    "text", ["no", "1e-3", "010", "a: b", "null", "~", "1_000", "# x", "ü", "2025-01-01", "'", " x "]
)
def test_every_name_survives_the_text(tmp_path, text):
    config = checked({**FULL, "name": text})
    assert config.name == text and loaded(tmp_path, config_to_yaml(config)).name == text
