"""Labels and groups in HDF5 files."""

import numpy as np
import pytest

from cnnlab.datasets.arrays import hdf5_labels
from cnnlab.datasets.arrays.hdf5_labels import stored_groups, stored_labels
from cnnlab.errors import DataError
from tests.datasets.pcam_files import labels, write_h5


def test_labels_are_found_under_their_usual_keys(tmp_path):
    for key, stored in (("y", labels(6)), ("Target", labels(6)[:, None]), ("label", labels(6) > 0)):
        path = write_h5(tmp_path / "a.h5", **{key: stored})
        assert stored_labels(path).tolist() == [0, 1] * 3 and stored_groups(path, 6) is None
    path = write_h5(tmp_path / "a.h5", y_test=labels(6))
    assert stored_labels(path) is None and stored_labels(path, "test").tolist() == [0, 1] * 3


@pytest.mark.parametrize("bytes_together", [1, 1 << 20])
def test_groups_are_numbers_or_texts(tmp_path, monkeypatch, bytes_together):
    """Texts of any length are read one by one where the file is large."""
    monkeypatch.setattr(hdf5_labels, "TEXT_BYTES", bytes_together)
    texts = [f"slide {n // 4}" for n in range(12)]
    for key, stored in [
        ("slide", np.array(texts, "S")),
        ("patients", np.array(texts, object)),
        ("group", np.arange(12)[:, None] // 4),
    ]:
        groups = stored_groups(write_h5(tmp_path / "a.h5", **{key: stored}), 12)
        assert groups.dtype.kind == "U" and [each.split()[-1] for each in groups] == [
            str(n // 4) for n in range(12)
        ]
    path = write_h5(tmp_path / "a.h5", slide=np.array(["a" * 5000, "b"], object))
    with pytest.raises(DataError, match="slide has texts of more than 1,000 characters"):
        stored_groups(path, 2)
