"""What a report says of the audit: a section with sentences, pairs and the page of their pictures; else a line."""

from pathlib import Path
from typing import Any

from cnnlab.datasets.audit import audit_dataset
from cnnlab.report.builders.audit import audit_tables, audit_texts
from cnnlab.report.builders.report import build_report
from cnnlab.report.figures.audit import write_audit_picture
from cnnlab.report.gather import gather
from cnnlab.report.render.html import to_html
from cnnlab.report.write import drawn
from cnnlab.runs.audit import AuditRecord, picture_of, write_audits
from tests.datasets.audit.samples import dataset_of, textured
from tests.fake_runs import MNIST, make_run

SHA256 = MNIST["sha256"]


def test_a_report_of_a_run_with_pairs_has_all_of_them(tmp_path: Path) -> None:
    """Sentences, grave ones marked, the table, and the picture in the page."""
    data = dataset_of(textured(20), textured(20)[3:5], names={"test": ["a<b>.png", "$x$.png"]})
    audit = audit_dataset(data)
    folder = make_run(tmp_path)
    write_audits(folder.path, {SHA256: AuditRecord.of(audit)})
    write_audit_picture(picture_of(folder.path, SHA256), data, audit)
    document = build_report(gather([folder.path]))
    texts = [(text.text, text.tone) for text in document.sections[0].texts if text.label == "audit"]
    assert texts[0] == ("2 of 2 test images are in the train images, too.", "warning")
    page = to_html(drawn(document, tmp_path, None))
    assert "test: a&lt;b&gt;.png" in page and "a<b>" not in page
    (figure,) = (one for one in document.sections[0].make_figures() if one.name == "audit")
    assert "train: 3 and test: a<b>.png" in figure.alternative and figure.path is not None


def test_nothing_found_is_a_line_and_no_audit_is_none(tmp_path: Path) -> None:
    """A sample of images that were compared is told."""
    clean: Any = AuditRecord(images=12_000, compared=12_000)
    assert [text.text for text in audit_texts(clean)] == ["nothing found among 12,000 images."]
    sampled = AuditRecord(images=12_000, compared=1_000)
    assert "1,000 of 12,000 images were looked at" in list(audit_texts(sampled))[1].text
    assert not list(audit_texts(None)) and not list(audit_tables(None)) and not list(audit_tables(clean))
    section = build_report(gather([make_run(tmp_path).path])).sections[0]
    assert not [text for text in section.texts if text.label == "audit"]
