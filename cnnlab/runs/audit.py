"""audit.json: what an audit has found in the data of a run, or of a sweep's runs."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cnnlab.files import write_json
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.record import Count, Flag, Number, Record, read_record

if TYPE_CHECKING:  # which imports NumPy
    from cnnlab.datasets.audit import Audit

INDEX = "sweep.json"  # of the folder that a sweep's runs lie in


class FindingRecord(Record):
    """See `cnnlab.datasets.audit.AuditFinding`."""

    kind: str | None = None
    parts: tuple[str, ...] = ()
    count: Count | None = None
    images: Count | None = None
    text: str = ""
    grave: Flag = False


class ImageRecord(Record):
    """An image of a split; see `cnnlab.datasets.audit.ImageOf`."""

    part: str | None = None
    index: Count | None = None
    name: str | None = None
    label: str | None = None

    @property
    def title(self) -> str:
        """Its split, and its name there or its position."""
        return f"{self.part}: {self.index if self.name is None else self.name}"


class PairRecord(Record):
    """Two images that are equal or alike; see `cnnlab.datasets.audit.ImagePair`."""

    first: ImageRecord = ImageRecord()
    second: ImageRecord = ImageRecord()
    equal: Flag = False
    symmetry: str = ""
    likeness: Number = None

    @property
    def unlike_labels(self) -> bool:
        """Whether both have a label, and not the same."""
        return None not in (self.first.label, self.second.label) and self.first.label != self.second.label


class ClassRecord(Record):
    """How bright a class is; see `cnnlab.datasets.audit.ClassBrightness`."""

    name: str | None = None
    images: Count | None = None
    mean: Number = None
    sd: Number = None


class AuditRecord(Record):
    """All findings on a data set; see `cnnlab.datasets.audit.Audit`."""

    images: Count | None = None
    compared: Count | None = None
    findings: tuple[FindingRecord, ...] = ()
    pairs: tuple[PairRecord, ...] = ()
    classes: tuple[ClassRecord, ...] = ()

    @classmethod
    def of(cls, audit: "Audit") -> "AuditRecord":
        """The record of what was found."""
        return cls.model_validate(asdict(audit))


class AuditFile(Record):
    """The content of audit.json: by the hash of the data's content, since a sweep may be over data."""

    audits: dict[Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")], AuditRecord] = Field({})


def read_audits(folder: Path, notes: list[str] | None = None) -> Mapping[str, AuditRecord]:
    """The audits in the folder of a run or a sweep, by the hash of the data; none without a readable file."""
    path = RunFolder(folder).audit_path
    if not path.exists():
        return {}
    found = read_record(AuditFile, path, [] if notes is None else notes)
    return {} if found is None else found.audits


def write_audits(folder: Path, audits: Mapping[str, AuditRecord]) -> None:
    """Add audits to those in a folder. Raises RunError when the disk refuses."""
    write_json(RunFolder(folder).audit_path, AuditFile(audits={**read_audits(folder), **audits}))


def audit_of(run: Path, sha256: str | None) -> tuple[AuditRecord, Path] | None:
    """The audit of the data of a run, which a cell of a sweep has in the sweep's folder; and where its picture lies."""
    for folder in (run, run.parent) if (run.parent / INDEX).is_file() else (run,):
        found = read_audits(folder)
        if sha256 is not None and sha256 in found:
            return found[sha256], picture_of(folder, sha256)
    return None


def picture_of(folder: Path, sha256: str) -> Path:
    """Where the picture of the found pairs lies, of the data of that hash."""
    return RunFolder(folder).plots_path / f"audit_{sha256[:8]}.png"
