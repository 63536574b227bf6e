"""Images with nothing on them: of one value, nearly white, nearly black."""

from collections.abc import Iterator

import numpy as np

from cnnlab.datasets.audit.findings import AuditFinding, Kind, some_are
from cnnlab.datasets.audit.look import Looks

WHITE, NOT_INK = (
    210,
    85,
)  # of 255: each field is as bright at least, and each pixel, for thin lines are no dirt
BLACK, NOT_STAR = 20, 170  # each field is as dark at least, and each pixel

WORDS: dict[Kind, str] = {
    "one value": "of one value in all pixels",
    "nearly white": "nearly white",
    "nearly black": "nearly black",
}


def plain_images(looks: Looks) -> Iterator[AuditFinding]:
    """A finding for each split and kind that there are such images of; an image is of one kind."""
    one_value = looks.lowest == looks.highest
    found: dict[Kind, np.ndarray] = {
        "one value": one_value,
        "nearly white": ~one_value & (looks.darkest >= WHITE) & (looks.lowest >= NOT_INK),
        "nearly black": ~one_value & (looks.brightest <= BLACK) & (looks.highest <= NOT_STAR),
    }
    for kind, those in found.items():
        for at, part in enumerate(looks.parts):
            here = those[looks.starts[at] : looks.starts[at + 1]]
            count = int(here.sum())
            if count:
                text = f"{some_are(count, len(here), part)} {WORDS[kind]}."
                yield AuditFinding(kind, (part,), count, len(here), text)
