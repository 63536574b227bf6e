"""The audit before training: once for each data set, kept in the folder, said once, off by a key. Imports no Keras."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cnnlab.datasets.base import Dataset
from cnnlab.executors.base import Event
from cnnlab.experiments import auditing
from cnnlab.experiments.auditing import audit_data, record_audits
from cnnlab.runs.audit import audit_of, read_audits
from tests.datasets.audit.samples import dataset_of, textured


def leaking() -> Dataset:
    """A data set with a test image in train."""
    return dataset_of(textured(12), textured(12)[4:5], labels={"test": [0]})


def plan(*data: Dataset, folder: Path | None = None, on: bool = True) -> Any:
    """What of a plan an audit looks at: a cell for each data set."""
    cells = [
        SimpleNamespace(
            data=each,
            waiting=(0,),
            path=Path(f"cell{k}"),
            entry=SimpleNamespace(label=f"crop={k}"),
            config=SimpleNamespace(data=SimpleNamespace(audit=on)),
        )
        for k, each in enumerate(data)
    ]
    return SimpleNamespace(cells=cells, folder=folder, is_sweep=len(cells) > 1)


def test_a_sweep_is_audited_once_for_each_data_set_and_its_cells_find_it(tmp_path: Path) -> None:
    """Cells share an audit; a leak is a warning, what spoils no figure is a note, and nothing is silence."""
    events: list[Event] = []
    leak, clean = leaking(), dataset_of(textured(12))
    noted = dataset_of(textured(12)[[0, 1, 2, 0]], labels={"train": [0, 1, 1, 0]})
    found = audit_data(plan(leak, leak, noted, clean), events.append)
    assert len(found) == 3
    assert [(event.kind, event.error) for event in events] == [
        ("warning", "audit: 1 of 1 test image is in the train images, too."),
        (
            "note",
            "crop=2: audit: 1 of 4 train images is the same as another one, so that a drawn validation split may share "
            "images with what is trained on.",
        ),
    ]
    record_audits(tmp_path, found, events.append)
    (tmp_path / "sweep.json").write_text("{}")
    for data in (leak, noted, clean):
        kept = audit_of(tmp_path / "cell0", data.sha256)
        assert kept is not None
        record, picture = kept
        assert record.images == sum(map(len, data.splits().values()))
        assert picture.is_file() == bool(record.pairs) == (data is not clean)


def test_what_an_earlier_start_has_found_is_not_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known by the content of the data; other data of a resumed sweep are audited."""
    record_audits(tmp_path, audit_data(plan(leaking()), lambda event: None), lambda event: None)
    before = json.loads((tmp_path / "audit.json").read_text())
    seen: list[Dataset] = []
    audit = auditing.kept_audit
    monkeypatch.setattr(auditing, "kept_audit", lambda data: (seen.append(data), audit(data))[1])
    other = dataset_of(textured(5))
    found = audit_data(plan(leaking(), other, folder=tmp_path), lambda event: None)
    assert seen == [other]
    record_audits(tmp_path, found, lambda event: None)
    after = json.loads((tmp_path / "audit.json").read_text())
    assert before["audits"].items() < after["audits"].items() and len(read_audits(tmp_path)) == 2


def test_it_is_off_by_a_key_and_where_nothing_is_left_to_train(tmp_path: Path) -> None:
    """No file is written then."""
    finished = plan(leaking())
    finished.cells[0].waiting = ()
    for each in (plan(leaking(), on=False), finished):
        assert not audit_data(each, lambda event: pytest.fail("heard of it"))
    record_audits(tmp_path, {}, lambda event: None)
    assert not list(tmp_path.iterdir())


def test_hostile_names_are_harmless_and_a_disk_that_refuses_is_a_warning(tmp_path: Path) -> None:
    """Training goes on without the audit."""
    events: list[Event] = []
    data = leaking()
    info = replace(data.info, class_names=("\x1b[2J", "$x^2$ \u202e"))
    found = audit_data(plan(replace(data, info=info)), events.append)
    assert all(str(event.error).isprintable() for event in events)
    record_audits(tmp_path, found, events.append)
    text = (tmp_path / "audit.json").read_text()
    assert "\x1b" not in text and len(read_audits(tmp_path)) == 1
    (tmp_path / "file").write_text("")
    record_audits(tmp_path / "file", found, events.append)
    assert events[-1].kind == "warning" and "file" in str(events[-1].error)
