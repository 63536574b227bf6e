"""An audit that is kept beside images in the cache."""

import dataclasses

import numpy as np
import pytest

from cnnlab.datasets.audit import audit_dataset, kept, kept_audit
from cnnlab.datasets.base import Dataset, DatasetInfo, Split
from cnnlab.datasets.stored import RawSource, StoredImages, Vouched

COUNT = 24
PIXELS = np.random.default_rng(0).integers(0, 256, (COUNT, 20, 20, 1), dtype=np.uint8)
PIXELS[20] = PIXELS[3]  # a test image that is in train, too, with another label


@pytest.fixture
def data(tmp_path) -> Dataset:
    (tmp_path / "pixels").write_bytes(PIXELS.tobytes())
    source = RawSource(tmp_path / "pixels", np.arange(COUNT) * 400, (20, 20, 1))
    source.vouched = Vouched("these very files", tmp_path)
    names = np.array([f"{i}.png" for i in range(COUNT)])
    whole = Split(StoredImages(source), np.arange(COUNT) // 3 % 2, names)
    info = DatasetInfo((20, 20, 1), ("a", "b"))
    parts = whole.take(np.arange(16)), None, whole.take(np.arange(16, COUNT))
    return Dataset("folder", "F", info, *parts, source="")


@pytest.fixture
def audits(monkeypatch) -> list[Dataset]:
    """The data sets that were audited."""
    found = []
    monkeypatch.setattr(kept, "audit_dataset", lambda data: found.append(data) or audit_dataset(data))
    return found


def test_it_is_made_once_for_the_same_images_labels_and_names(data, audits, tmp_path):
    first = kept_audit(data)
    assert first == kept_audit(data) == audit_dataset(data) and len(audits) == 1
    assert first.pairs and first.grave
    other_names = dataclasses.replace(data.train, names=np.array([f"x{i}" for i in range(16)]))
    others = [
        dataclasses.replace(data, train=other_names),
        dataclasses.replace(data, info=DatasetInfo((20, 20, 1), ("c", "d"))),
        dataclasses.replace(data, test=dataclasses.replace(data.test, labels=None)),
        dataclasses.replace(data, test=None),
    ]
    for number, other in enumerate(others, start=2):
        assert kept_audit(other) == audit_dataset(other) and len(audits) == number
    assert len([*tmp_path.glob("*.audit.json")]) == 5


def test_a_damaged_one_is_made_anew(data, audits, tmp_path):
    first = kept_audit(data)
    [path] = tmp_path.glob("*.audit.json")
    for content in (b"", b"[]", b"{}", b"\xff", b"{" * 2_000_000):
        path.write_bytes(content)
        del audits[:]
        assert kept_audit(data) == kept_audit(data) == first and len(audits) == 1
    path.unlink()
    path.symlink_to(tmp_path / "pixels")
    assert kept_audit(data) == first and not path.is_symlink() and len(audits) == 2


def test_images_that_nobody_vouches_for_are_audited_at_each_start(data, audits, tmp_path):
    data.train.images.source.vouched = None
    kept_audit(data)
    kept_audit(data)
    assert len(audits) == 2 and not [*tmp_path.glob("*.audit.json")]


def test_names_that_are_no_text_are_not_kept(data, audits, tmp_path):
    names = np.array([f"\udcff{i}.png" for i in range(16)])
    strange = dataclasses.replace(data, train=dataclasses.replace(data.train, names=names))
    assert kept_audit(strange) == audit_dataset(strange) and not [*tmp_path.glob("*.audit.json")]
