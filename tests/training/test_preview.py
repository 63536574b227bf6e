"""What an augmentation does to real images, for people."""

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TINY
from tests.sample_configs import loaded


@pytest.mark.keras
def test_each_augmentation_alone_and_all_together_on_the_same_images(tmp_path: Path) -> None:
    from cnnlab.training.prepare import load_data
    from cnnlab.training.preview import TOGETHER_ROWS, make_preview

    config = loaded(tmp_path, TINY.replace("factor: 0.05}", "factor: 0.05}\n  - random_flip"))
    preview = make_preview(config, load_data(config, None))
    assert [name for name, _ in preview.rows] == ["random_rotation", "random_flip"] + [
        "all together"
    ] * TOGETHER_ROWS
    assert all(images.shape == preview.originals.shape for _, images in preview.rows)
    assert not any(np.array_equal(images, preview.originals) for _, images in preview.rows)
    assert len(preview.effects) == 3 and preview.warnings == ()
