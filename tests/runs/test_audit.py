"""audit.json: written once for each data set, read from a run's folder or its sweep's, harmless whatever it holds."""

import json
from pathlib import Path

import numpy as np

from cnnlab.datasets.audit import audit_dataset
from cnnlab.runs.audit import AuditRecord, audit_of, picture_of, read_audits, write_audits
from tests.datasets.audit.samples import dataset_of, textured

DATA = dataset_of(textured(20), textured(20)[3:5])


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    """Of a run, and of a cell in a sweep's folder, by the hash of the data; audits of other data are kept."""
    record = AuditRecord.of(audit_dataset(DATA))
    assert record.findings[0].count == 2 and record.pairs[0].equal and record.classes[1].name == "dog"
    write_audits(tmp_path, {"a" * 64: record})
    write_audits(tmp_path, {"b" * 64: AuditRecord(images=3)})
    assert read_audits(tmp_path) == {"a" * 64: record, "b" * 64: AuditRecord(images=3)}
    assert audit_of(tmp_path, "a" * 64) == (record, tmp_path / "plots" / "audit_aaaaaaaa.png")
    assert audit_of(tmp_path, "c" * 64) is None is audit_of(tmp_path, None)
    cell = tmp_path / "cell"
    cell.mkdir()
    assert audit_of(cell, "a" * 64) is None
    (tmp_path / "sweep.json").write_text("{}")
    assert audit_of(cell, "a" * 64) == (record, picture_of(tmp_path, "a" * 64))


def test_a_damaged_file_is_no_audit_or_one_with_defaults(tmp_path: Path) -> None:
    """Fields of a wrong type have their default, texts are printable, and a hash leads to no other folder."""
    path = tmp_path / "audit.json"
    for text in ("", "[]", "{", json.dumps({"audits": 3})):
        path.write_text(text)
        assert not read_audits(tmp_path)
    pair = {"first": {"part": "train\u001b[2J", "index": -1, "name": 7}, "second": None, "likeness": "much"}
    found = {"images": -1, "findings": [{"text": "a\nb", "grave": "yes"}], "pairs": [pair]}
    path.write_text(json.dumps({"audits": {"../../x": found}}))
    assert audit_of(tmp_path, "../../x") is None
    path.write_text(json.dumps({"audits": {"a" * 64: found}}))
    record = read_audits(tmp_path)["a" * 64]
    assert record.images is None
    assert (record.findings[0].text, record.findings[0].grave) == ("a b", False)
    assert record.pairs[0].likeness is None and record.pairs[0].first.title.isprintable()
    assert not record.pairs[0].unlike_labels


def test_labels_that_are_unlike_are_known_again() -> None:
    """Of the record as of the finding."""
    images = np.concatenate([textured(6), textured(6)[:1]])
    audit = audit_dataset(dataset_of(images, labels={"train": [0, 1, 0, 1, 0, 1, 1]}))
    assert [pair.unlike_labels for pair in AuditRecord.of(audit).pairs] == [True]
