"""What an audit finds: counts with a sentence on each, and the first pairs of images."""

from dataclasses import dataclass
from typing import Literal

from cnnlab.errors import counted

MOST_SHOWN = 3  # findings on a line

Kind = Literal["equal", "alike", "unlike labels", "one value", "nearly white", "nearly black", "brightness"]
"""equal: the same pixels. alike: near duplicates. unlike labels: equal or alike, with different labels."""


@dataclass(frozen=True)
class AuditFinding:
    """`count` images of the last of `parts`, which has `images` of them; `text` is a sentence on it.

    parts: the splits that it is about: two for images of the second that are in the first, too. grave: figures measured
    on these data cannot be believed.
    """

    kind: Kind
    parts: tuple[str, ...]
    count: int
    images: int
    text: str
    grave: bool = False


def some_are(count: int, images: int, part: str) -> str:
    """The beginning of a sentence: "1 of 20 test images is", "2 of 20 test images are"."""
    return f"{count:,} of {counted(images, f'{part} image')} {'is' if count == 1 else 'are'}"


@dataclass(frozen=True)
class ImageOf:
    """An image of a split: its position there, what it is called, and its class; None where either is unknown."""

    part: str
    index: int
    name: str | None
    label: str | None


@dataclass(frozen=True)
class ImagePair:
    """Two images, equal pixel by pixel or nearly. symmetry: what makes the second like the first, in words.

    likeness: the correlation of their thumbnails, at most 1.
    """

    first: ImageOf
    second: ImageOf
    equal: bool
    symmetry: str
    likeness: float

    @property
    def unlike_labels(self) -> bool:
        """Whether both have a label, and not the same."""
        return None not in (self.first.label, self.second.label) and self.first.label != self.second.label


@dataclass(frozen=True)
class ClassBrightness:
    """How bright the training images of a class are, on the scale from 0 to 255; sd is None for a single image."""

    name: str
    images: int
    mean: float
    sd: float | None


@dataclass(frozen=True)
class Audit:
    """All findings on a data set of so many `images`, `compared` of which were looked at for near duplicates.

    pairs: the first ones, those of unlike labels and those in two splits before others.
    """

    images: int
    compared: int
    findings: tuple[AuditFinding, ...]
    pairs: tuple[ImagePair, ...]
    classes: tuple[ClassBrightness, ...]

    @property
    def grave(self) -> bool:
        """Whether something was found that figures cannot be believed with."""
        return any(finding.grave for finding in self.findings)

    @property
    def line(self) -> str:
        """The first findings on one line; empty where there are none."""
        texts = [finding.text for finding in self.findings]
        more = f" {len(texts) - MOST_SHOWN} more in the report." if len(texts) > MOST_SHOWN else ""
        return f"audit: {' '.join(texts[:MOST_SHOWN])}{more}" if texts else ""
