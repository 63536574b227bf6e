"""Sizes of validation splits that are drawn group by group are told."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnlab.training.group_notes import group_notes
from tests.training.test_undefined import BOTH, config_of, data_of


def test_sizes_are_told_where_whole_groups_are_drawn(tmp_path: Path) -> None:
    data = data_of(BOTH * 3, None, None)
    config = config_of(tmp_path, data="validation_fraction: 0.25, ").model_copy(update={"repeats": 5})
    assert group_notes(config, data) == []
    data = replace(data, train=replace(data.train, groups=np.repeat(np.arange(10), 6).astype(str)))
    assert (
        group_notes(config, data)
        == [
            "Groups stay whole: 3 of 10 groups with 18 of 60 images validate in each repeat, where validation_fraction "
            "asks for 15."
        ]
        or "2 to 3 of 10 groups with 12 to 18 of 60 images" in group_notes(config, data)[0]
    )
    assert group_notes(config, replace(data, validation=data.train)) == []
    assert group_notes(config_of(tmp_path, data="validation_fraction: 0, "), data) == []
