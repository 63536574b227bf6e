"""What a config may publish: every figure that a run reports, within its range."""

import pickle

import pytest

from cnnlab.config.load import dump_config
from cnnlab.config.published_section import KINDS, SPLITS
from cnnlab.errors import ConfigError
from cnnlab.metrics import TWO_CLASS_METRICS, metric
from cnnlab.runs.measures import measure_of
from cnnlab.runs.result import SPLIT_NAMES
from tests.sample_configs import MINIMAL, loaded

NAMES = [name for names, _, _ in KINDS for name in names]
HEAD = "published: {source: a, dataset: b, "


def test_every_metric_of_every_split_may_be_published():
    assert {*metric, "loss", "cross_entropy", "ece"} - {"top_k"} == set(NAMES)
    assert {one.key for one in TWO_CLASS_METRICS} <= set(NAMES)
    assert sorted(SPLITS) == sorted(SPLIT_NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_values_are_those_that_the_metric_can_have(name, tmp_path):
    measure = measure_of(name)
    config = loaded(tmp_path, f"{MINIMAL}{HEAD}test_{name}: {measure.low}, train_{name}: [1, 0.5]}}\n")
    assert dump_config(config)["published"] == {
        "source": "a",
        "dataset": "b",
        f"test_{name}": measure.low,
        f"train_{name}": [1.0, 0.5],
    }
    assert pickle.loads(pickle.dumps(config.published)) == config.published
    with pytest.raises(ConfigError, match=f"published.test_{name}: expected .* at least {measure.low:g}"):
        loaded(tmp_path, f"{MINIMAL}{HEAD}test_{name}: {measure.low - 0.5}}}\n")


def test_an_unknown_figure_is_refused_with_the_nearest_and_some_of_the_others(tmp_path):
    with pytest.raises(
        ConfigError, match=r"'test_f1_makro' \(did you mean 'test_f1_macro'\?\); valid: .* and \d+ more"
    ):
        loaded(tmp_path, f"{MINIMAL}{HEAD}test_f1_makro: 0.5}}\n")
