"""Reading images between their pixels."""

from typing import Any

import numpy as np
import pytest

from cnnlab.augment.resampling import bilinear

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("ours", "scipys"), [("nearest", "nearest"), ("reflect", "reflect"), ("constant", "grid-constant")]
)
def test_bilinear_reads_what_scipy_reads(ours: Any, scipys: str) -> None:
    from scipy.ndimage import map_coordinates

    rng = np.random.default_rng(0)
    images = rng.normal(size=(3, 7, 5, 2)).astype(np.float32)
    rows, columns = (rng.uniform(-9, 16, (3, 7, 5)).astype(np.float32) for _ in range(2))
    read = np.asarray(bilinear(images, rows, columns, fill_mode=ours, fill_value=0.25))
    for index in range(3):
        for channel in range(2):
            expected = map_coordinates(
                images[index, ..., channel], [rows[index], columns[index]], order=1, mode=scipys, cval=0.25
            )
            np.testing.assert_allclose(read[index, ..., channel], expected, atol=1e-5)
