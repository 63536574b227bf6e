"""What is found out before the first repeat starts."""

from pathlib import Path

import pytest

from cnnlab.errors import ConfigError
from cnnlab.training.prepare import PREVIEW_IMAGES, PREVIEW_VERSIONS, load_data, prepare, require_fit
from tests.conftest import TINY
from tests.sample_configs import loaded


@pytest.mark.keras
def test_the_network_builds_and_the_augmentation_acts(tmp_path: Path) -> None:
    config = loaded(tmp_path, TINY)
    found = prepare(config, load_data(config, None))
    assert found["weights"] > 1000 and found["warnings"] == []
    assert found["originals"].shape == (PREVIEW_IMAGES, 28, 28, 1)
    assert found["augmented"].shape == (PREVIEW_VERSIONS, PREVIEW_IMAGES, 28, 28, 1)


def test_a_config_that_asks_for_what_the_data_have_not_is_refused(tmp_path: Path) -> None:
    config = loaded(tmp_path, TINY)
    data = load_data(config, None)
    require_fit(config, data)
    weights = config.training.model_copy(update={"class_weights": {"ten": 2.0}})
    with pytest.raises(ConfigError, match="ten"):
        require_fit(config.model_copy(update={"training": weights}), data)
