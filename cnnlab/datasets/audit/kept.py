"""The audit of images in the user cache, kept beside them: a large folder is audited once, not at each start."""

import contextlib
import hashlib

from pydantic import TypeAdapter

from cnnlab.datasets.audit.audit import audit_dataset
from cnnlab.datasets.audit.findings import Audit
from cnnlab.datasets.base import Dataset
from cnnlab.datasets.pictures.kept_hash import folder_of
from cnnlab.errors import RunError
from cnnlab.files import write_bytes
from cnnlab.reading import read_bytes
from cnnlab.version import __version__

FORMAT = 1  # to be raised when an audit looks for something else
MOST_BYTES = 1_000_000
RECORD = TypeAdapter(Audit)


def kept_audit(data: Dataset) -> Audit:
    """Return what `audit_dataset` returns, called once for images that the cache vouches for, always for others."""
    folder = folder_of([split.images for split in data.splits().values()])
    if folder is None:
        return audit_dataset(data)
    path = folder / f"{_key(data)}.audit.json"
    with contextlib.suppress(OSError, ValueError):
        if not path.is_symlink():
            return RECORD.validate_json(read_bytes(path, MOST_BYTES))
    audit = audit_dataset(data)
    with contextlib.suppress(RunError, ValueError):  # names that are no text are not kept
        write_bytes(path, RECORD.dump_json(audit))
    return audit


def _key(data: Dataset) -> str:
    """32 hex digits: another for other images, labels or names, and for another version of cnnlab."""
    digest = hashlib.sha256(
        f"{FORMAT} {__version__} {data.sha256} {data.info.class_names}".encode("utf-8", "replace")
    )
    for split in data.splits().values():
        digest.update(
            b"none"
            if split.names is None
            else "\0".join(split.names.tolist()).encode("utf-8", "surrogateescape")
        )
    return digest.hexdigest()[:32]
