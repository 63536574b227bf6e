"""Which column of a Parquet file is which."""

import numpy as np
import pyarrow as pa

from tests.datasets.parquet.test_source import LABELS, SHADES, load, shades
from tests.datasets.parquet_files import picture, pictures, write_parquet


def test_columns_are_found_by_their_names_or_named(tmp_path):
    raw = [picture(shade, kind="JPEG") for shade in SHADES]
    for number, (columns, keys) in enumerate(
        [
            ({"img": raw, "target": LABELS}, {}),
            ({"image": pictures(SHADES), "label": LABELS, "mask": pictures(SHADES)}, {}),
            ({"picture": pa.array(raw, pa.large_binary()), "Class Name": LABELS}, {}),
            ({"a": raw, "b": raw, "c": LABELS}, {"image_column": "a", "label_column": "c"}),
            ({"image": raw, "label": LABELS, "fine_label": [0] * 6}, {}),
            ({"image": raw, "label": pa.array(LABELS).dictionary_encode()}, {}),
            ({"image": raw, "label": pa.array([False, True] * 3)}, {}),
        ]
    ):
        path = write_parquet(tmp_path / str(number) / "a.parquet", **columns)
        loaded = load(path, **keys)
        assert np.abs(np.array(shades(loaded.train)) - SHADES).max() < 3 and [*loaded.train.labels] == LABELS
