"""The network that is verified is the one that the training would start with."""

from pathlib import Path

import pytest

from cnnlab.config.load import Options
from cnnlab.datasets.channel_statistics import channel_statistics
from cnnlab.training.inputs import drawn_splits, training_inputs
from cnnlab.training.seeds import repeat_seed
from cnnlab.verify import plan as plan_module
from cnnlab.verify.plan import plan_verify
from cnnlab.verify.request import make_request

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("verify")]

STEPS_AND_STANDARDIZED = ("data.standardize=true", "preprocess=[deskew: {}]")


def test_channels_are_standardized_as_training_does_behind_its_fixed_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # TensorFlow takes its number of threads once, and another test may have computed in this process before.
    monkeypatch.setattr(plan_module, "configure_training", lambda *args, **kwargs: "CPU")
    options = Options(bundled=True, smoke=True, overrides=STEPS_AND_STANDARDIZED)
    plan = plan_verify(make_request(None, options, weights=None, kinds=("dense",), runs_dir=tmp_path))
    config, data = plan.config, plan.data
    assert data is not None
    splits = drawn_splits(config, data, repeat_seed(config.seed, 0))
    trained = training_inputs(config, splits, data.info).statistics
    assert trained is not None
    mean, variance = trained.scaled(*config.data.scale)
    layer = plan.model.get_layer("standardize")
    assert tuple(layer.input_mean) == mean
    assert tuple(layer.input_variance) == variance
    _, of_raw_images = channel_statistics(splits.train.images).scaled(*config.data.scale)
    assert variance != pytest.approx(of_raw_images, rel=1e-3)  # resampling blurs
