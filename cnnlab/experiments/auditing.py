"""The audit of the data before training: once for each data set of a plan, and kept in its folder."""

from collections.abc import Mapping
from pathlib import Path

from cnnlab.datasets import Dataset
from cnnlab.datasets.audit import Audit, kept_audit
from cnnlab.errors import RunError, printable
from cnnlab.executors.base import Event, Listener
from cnnlab.experiments.plan import Plan
from cnnlab.report.figures.audit import write_audit_picture
from cnnlab.runs.audit import AuditRecord, picture_of, read_audits, write_audits

Audited = Mapping[str, tuple[Dataset, Audit]]
"""By the hash of the data's content."""


def audit_data(plan: Plan, listen: Listener) -> Audited:
    """Audit the data of what is to be trained, but for those of an earlier start; `listen` gets a line on each."""
    known = {} if plan.folder is None else read_audits(plan.folder)
    found: dict[str, tuple[Dataset, Audit]] = {}
    seen: list[Dataset] = []
    for cell in plan.cells:
        if not cell.config.data.audit or not cell.waiting or any(cell.data is one for one in seen):
            continue
        seen.append(cell.data)
        if known and cell.data.sha256 in known:
            continue
        audit = kept_audit(cell.data)
        found[cell.data.sha256] = cell.data, audit
        if audit.line:
            label = f"{cell.entry.label}: " if plan.is_sweep and len(seen) > 1 else ""
            text = printable(f"{label}{audit.line}")
            listen(Event("warning" if audit.grave else "note", error=text, folder=cell.path))
    return found


def record_audits(folder: Path, audited: Audited, listen: Listener) -> None:
    """Write audit.json and the pictures of pairs; what the disk refuses is a warning, and training goes on."""
    if not audited:
        return
    try:
        write_audits(folder, {sha256: AuditRecord.of(audit) for sha256, (_, audit) in audited.items()})
        for sha256, (data, audit) in audited.items():
            if audit.pairs:
                write_audit_picture(picture_of(folder, sha256), data, audit)
    except RunError as error:
        listen(Event("warning", error=str(error)))
