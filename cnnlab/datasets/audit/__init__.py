"""The audit of a data set: one file for each thing that it looks for."""

from cnnlab.datasets.audit.audit import audit_dataset
from cnnlab.datasets.audit.findings import Audit, AuditFinding, ClassBrightness, ImageOf, ImagePair
from cnnlab.datasets.audit.kept import kept_audit

__all__ = ["Audit", "AuditFinding", "ClassBrightness", "ImageOf", "ImagePair", "audit_dataset", "kept_audit"]
