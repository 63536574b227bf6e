"""One pass over all images of a data set: what an audit keeps of each, while the content hash is computed."""

import hashlib
from dataclasses import dataclass

import numpy as np

from cnnlab.datasets.base import Dataset

SIDE = 16  # fields of a thumbnail on each side
MOST_COMPARED = 400_000  # images whose thumbnails are kept
LUMA = np.array(
    [5, 9, 2]
)  # weights of red, green and blue: what JPEG keeps best; the others' means count alike
BLOCK_VALUES = 1 << 22  # pixel values that are turned into floats at a time


@dataclass(frozen=True)
class Looks:
    """All images of a data set, its splits one after another, n in all.

    parts: the name of each split. starts: where each begins, and n at the end. labels: int64 (n,), -1 where hidden.
    digests: 16 bytes (n,), equal for equal images. lowest, highest: the extreme pixel values, uint8 (n,).
    darkest, brightest: the extreme means of fields, uint8 (n,). brightness: int64 (n,), the sum over a thumbnail.
    compared: int64 (m,), ascending, the images that have thumbnails. thumbnails: uint8 (m, 16, 16), the mean luma of
    16 x 16 fields, of other than three channels their mean; where an image is mirrored or turned, so is its thumbnail.
    colours: the means of each channel, uint8 (m, channels).
    """

    parts: tuple[str, ...]
    starts: np.ndarray
    labels: np.ndarray
    digests: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    darkest: np.ndarray
    brightest: np.ndarray
    brightness: np.ndarray
    compared: np.ndarray
    thumbnails: np.ndarray
    colours: np.ndarray

    def __len__(self) -> int:
        return int(self.starts[-1])

    def part_of(self, images: np.ndarray) -> np.ndarray:
        """The number of the split that each image is in."""
        return np.searchsorted(self.starts, images, side="right") - 1


def look_at(data: Dataset, most: int = MOST_COMPARED) -> Looks:
    """Read every image once. Of more than `most` images in all, thumbnails of so many are kept."""
    splits = data.splits()
    starts = np.cumsum([0, *map(len, splits.values())])
    n, compared = int(starts[-1]), _compared(dict(zip(splits, starts.tolist(), strict=False)), starts, most)
    looks = Looks(
        parts=tuple(splits),
        starts=starts,
        labels=np.concatenate(
            [np.full(len(one), -1) if one.labels is None else one.labels for one in splits.values()]
        ),
        digests=np.empty(n, "V16"),
        lowest=np.empty(n, np.uint8),
        highest=np.empty(n, np.uint8),
        darkest=np.empty(n, np.uint8),
        brightest=np.empty(n, np.uint8),
        brightness=np.empty(n, np.int64),
        compared=compared,
        thumbnails=np.empty((len(compared), SIDE, SIDE), np.uint8),
        colours=np.empty((len(compared), data.info.image_shape[2]), np.uint8),
    )
    shrink = _Shrinking(data.info.image_shape)
    done = 0

    def look(block: np.ndarray) -> None:
        nonlocal done
        for start in range(0, len(block), shrink.together):
            images = block[start : start + shrink.together]
            _look_at_some(looks, done, images, shrink)
            done += len(images)

    data.look_through(look)
    return looks


def _compared(first: dict[str, int], starts: np.ndarray, most: int) -> np.ndarray:
    """Which images are compared: all, or those of other splits before those of train, evenly spaced over each."""
    sizes = np.diff(starts)
    kept, left = sizes.copy(), most
    for at in reversed(range(len(sizes))):
        kept[at] = min(sizes[at], left // 2 if at else left)
        left -= kept[at]
    spaced = [
        start + np.arange(k) * size // max(k, 1)
        for start, k, size in zip(starts[:-1], kept, sizes, strict=True)
    ]
    return np.concatenate(spaced)


def _look_at_some(looks: Looks, start: int, images: np.ndarray, shrink: "_Shrinking") -> None:
    """Fill in what is kept of `images`, which begin at the position `start`."""
    images = np.ascontiguousarray(images)
    here = slice(start, start + len(images))
    flat = images.reshape(len(images), -1)
    hashes = b"".join(hashlib.sha256(image.data).digest()[:16] for image in flat)
    looks.digests[here] = np.frombuffer(hashes, "V16")
    looks.lowest[here], looks.highest[here] = flat.min(axis=1), flat.max(axis=1)
    thumbnails, colours = shrink(images)
    looks.darkest[here], looks.brightest[here] = thumbnails.min(axis=(1, 2)), thumbnails.max(axis=(1, 2))
    looks.brightness[here] = thumbnails.sum(axis=(1, 2), dtype=np.int64)
    first, last = np.searchsorted(looks.compared, (start, here.stop))
    kept = looks.compared[first:last] - start
    looks.thumbnails[first:last], looks.colours[first:last] = thumbnails[kept], colours[kept]


class _Shrinking:
    """Images to thumbnails. Sums of bytes below 2**24 are exact in float32, so that every machine has the same ones."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        """shape: height, width and channels of each image."""
        height, width, channels = shape
        self.together = max(1, BLOCK_VALUES // (height * width * channels))
        rows, columns = _fields(height), _fields(width)
        weights = LUMA if channels == 3 else np.ones(channels, np.int64)
        self._area = rows.sum(axis=1)[:, None] * columns.sum(axis=1) * weights.sum()  # (16, 16)
        kind = np.float32 if max(self._area.max(), width) * 255 < 1 << 24 else np.float64
        self._rows = rows.astype(kind)  # (16, height)
        each = np.tile(np.eye(channels, dtype=kind), (width, 1))  # (width * channels, channels)
        fields = (columns[..., None] * weights).reshape(SIDE, -1).T.astype(kind)  # (width * channels, 16)
        self._columns = np.concatenate([fields, each], axis=1)

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """uint8 (n, height, width, channels) -> thumbnails uint8 (n, 16, 16), means uint8 (n, channels)."""
        n, height, width, _ = images.shape
        flat = images.reshape(n * height, -1).astype(self._rows.dtype)  # (n * height, width * channels)
        sums = (flat @ self._columns).reshape(n, height, -1)  # of a row, over fields and over channels
        fields = (self._rows @ sums[..., :SIDE]).astype(np.float64)  # (n, 16, 16)
        colours = sums[..., SIDE:].sum(axis=1, dtype=np.float64) / (height * width)
        return np.rint(fields / self._area).astype(np.uint8), np.rint(colours).astype(np.uint8)


def _fields(length: int) -> np.ndarray:
    """Which pixels belong to which of 16 fields, (16, length), 0 or 1; the same from both ends."""
    fields = np.zeros((SIDE, length), np.int64)
    for k in range(SIDE // 2):
        first = k * length // SIDE
        last = -(-length // 2) if k == SIDE // 2 - 1 else max((k + 1) * length // SIDE, first + 1)
        fields[k, first:last] = 1
        fields[SIDE - 1 - k, length - last : length - first] = 1
    return fields
