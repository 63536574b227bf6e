"""What the audit of the data has found: its sentences, the table of pairs, and the brightness of the classes."""

from collections.abc import Iterator

from cnnlab.errors import counted
from cnnlab.report.document import Cell, Cells, Column, Table, Text, Where, make_table
from cnnlab.runs.audit import AuditRecord, ImageRecord

NOTE = (
    "r is the correlation of the two images, 16 x 16 fields of each. Of each kind, the first pairs are shown: those of "
    "unlike labels, then those in two splits."
)


def audit_texts(audit: AuditRecord | None) -> Iterator[Text]:
    """A sentence on each finding, or that there is none; nothing where no audit was made."""
    if audit is None or audit.images is None:
        return
    for finding in audit.findings:
        yield Text("audit", finding.text, "warning" if finding.grave else "")
    if not audit.findings:
        yield Text("audit", f"nothing found among {counted(audit.images, 'image')}.")
    if audit.compared is not None and audit.compared < audit.images:
        yield Text(
            "audit",
            f"{audit.compared:,} of {audit.images:,} images were looked at for near duplicates, those outside of "
            "train first; all for everything else.",
        )


def audit_tables(audit: AuditRecord | None) -> Iterator[Table]:
    """Pairs of equal and nearly equal images; the brightness of each class, for pages and programs."""
    if audit is None:
        return
    if audit.pairs:
        headings = ("first", "its label", "second", "its label", "kind")
        names = ("first", "first_label", "second", "second_label", "kind")
        columns = [Column(heading, "left", name=name) for heading, name in zip(headings, names, strict=True)]
        rows: list[Cells] = []
        for pair in audit.pairs:
            kind = "equal" if pair.equal else f"nearly equal, {pair.symmetry}"
            likeness = "" if pair.likeness is None else Cell(f"{pair.likeness:.4f}", pair.likeness)
            rows.append([*_image(pair.first), *_image(pair.second), kind, likeness])
        yield make_table(
            "audit_pairs",
            "Equal and nearly equal images",
            [*columns, Column("r")],
            rows,
            note=NOTE,
            where=Where.FILES,
        )
    if audit.classes:
        columns = [Column("class", "left", key=True), Column("images"), Column("brightness"), Column("sd")]
        rows = [
            [one.name or "", _number(one.images, ",d"), _number(one.mean, ".1f"), _number(one.sd, ".1f")]
            for one in audit.classes
        ]
        caption = "How bright the training images of each class are, from 0 to 255"
        yield make_table("brightness", caption, columns, rows, where=Where.FILES)


def _image(image: ImageRecord) -> tuple[str, str]:
    return image.title, "hidden" if image.label is None else image.label


def _number(value: float | None, form: str) -> Cell | str:
    return "" if value is None else Cell(format(value, form), value)
