"""Drawing patches that look like tissue stained with haematoxylin and eosin, many at a time.

Each patch begins as a height map: hills where nuclei are. The heights of the central square are then replaced by
values from a curve that is drawn without regard to the class, by rank, so that the amount of every colour in it
reveals nothing about the class: what is left is the size, the shape and the arrangement of the nuclei.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnlab.datasets.pcam.patch_draws import PatchDraws

CENTRE = 32  # pixels: the label is about the central square of this side
NORMAL, TUMOUR = 0, 1

# Of each class: radius in pixels, its spread (of the logarithm), irregularity, and the stamp's half side in pixels.
RADIUS = np.array([2.5, 3.6], np.float32)
SPREAD = np.array([0.16, 0.22], np.float32)
IRREGULARITY = np.array([0.06, 0.15], np.float32)
STAMP = (6, 10)
PATCH_SPREAD = 0.13  # how much all radii of a patch vary together (of the logarithm)
MARGIN = 6  # pixels beyond the edge in which nuclei still lie
REACH = 16  # pixels beyond the central square that its nuclei, and its levels, may touch
COVERED = (0.22, 0.42)  # share of the area that nuclei cover
PALE, DARK = (0.1, 0.35), (0.75, 1.35)  # haematoxylin between and in nuclei
EDGE = (0.02, 0.06)  # width of the step between them, as a share of the area
HAEMATOXYLIN = np.array([0.60, 0.73, 0.32], np.float32)  # absorption of red, green, blue
EOSIN = np.array([0.06, 0.95, 0.28], np.float32)

Array = np.ndarray


def draw_patches(rng: np.random.Generator, labels: Array, side: int, count: int | None = None) -> Array:
    """Draw a patch for each label, 0 (normal) or 1 (tumour), int64 (n,): uint8 (n, side, side, 3).

    Outside the central square the tissue is of either kind, whatever the label. count: only the first so many, which
    are the same as among all; None: all.
    """
    labels, draws = labels[:count], PatchDraws(rng, len(labels), len(labels[:count]))
    covered = draws.uniform(*COVERED, (-1, 1)).astype(np.float32)
    heights = _heights(draws, labels, covered, side)
    return _stained(draws, _levelled(draws, heights, covered))


@dataclass(frozen=True)
class _Nuclei:
    """Nuclei of n patches, up to k of each: arrays (n, k); `kind` 0 or 1; `drawn` says which there are."""

    kind: Array
    drawn: Array
    radius: Array
    row: Array
    column: Array


def _heights(draws: PatchDraws, labels: Array, covered: Array, side: int) -> Array:
    """Height maps, float32 (n, side, side): about the distance from the nearest edge of a nucleus, inside positive."""
    n, start = len(labels), (side - CENTRE) // 2
    pad = MARGIN + max(STAMP) + 1
    canvas = np.full((n, side + 2 * pad, side + 2 * pad), -6, np.float32)
    _stamp(draws, canvas, _scattered(draws, labels, covered, start - MARGIN, start + CENTRE + MARGIN), pad)
    if side > CENTRE:
        around = _scattered(draws, draws.integers(0, 2, (-1,)), covered, -MARGIN, side + MARGIN)
        gap_row, gap_column = (
            np.maximum(np.maximum(start - at, at - (start + CENTRE - 1)), 0)
            for at in (around.row, around.column)
        )
        outside = np.hypot(gap_row, gap_column) > 1.3 * around.radius + 1
        _stamp(
            draws,
            canvas,
            _Nuclei(around.kind, around.drawn & outside, around.radius, around.row, around.column),
            pad,
        )
    heights = canvas[:, pad : pad + side, pad : pad + side]
    return np.minimum(heights, 2.5) + 0.25 * draws.standard_normal((-1, side, side))


def _scattered(draws: PatchDraws, labels: Array, covered: Array, low: int, high: int) -> _Nuclei:
    """Nuclei with centres from `low` to `high`, in rows and in columns, of patches with `labels`."""
    area = float(high - low) ** 2
    k = int(area * COVERED[1] / (np.pi * RADIUS[NORMAL] ** 2) * 1.5) + 4
    share = draws.uniform(0.45, 1.0, (-1, 1)) * labels[:, None]  # of tumour nuclei among a tumour's
    kind = (draws.uniform(0, 1, (-1, k)) < share).astype(np.int64)
    scale = draws.normal(0, PATCH_SPREAD, (-1, 1)) + draws.normal(0, 1, (-1, k)) * SPREAD[kind]
    radius = np.clip(RADIUS[kind] * np.exp(scale), 1.5, 7.0).astype(np.float32)
    used = np.cumsum(np.pi * radius**2, axis=1)
    place = draws.uniform(low, high, (2, -1, k))
    beside = (draws.uniform(0, 1, (-1, k)) < 0.6 * kind) & (
        np.arange(k) > 0
    )  # crowded: a tumour's nuclei touch
    angle = draws.uniform(0, 2 * np.pi, (-1, k))
    for axis, shift in enumerate((np.sin(angle), np.cos(angle))):
        neighbour = np.roll(place[axis], 1, axis=1) + 1.5 * radius * shift
        place[axis] = np.where(beside, np.clip(neighbour, low, high), place[axis])
    return _Nuclei(kind, used < covered * area, radius, place[0], place[1])


def _stamp(draws: PatchDraws, canvas: Array, nuclei: _Nuclei, pad: int) -> None:
    """Raise `canvas`, float32 (n, height, width), where nuclei are; one of each patch at a time."""
    for index in range(nuclei.kind.shape[1]):
        waves = draws.normal(0, 1, (4, -1)).astype(np.float32)
        for kind, half in enumerate(STAMP):
            patches = np.flatnonzero(nuclei.drawn[:, index] & (nuclei.kind[:, index] == kind))
            row, column = nuclei.row[patches, index], nuclei.column[patches, index]
            top, left = np.rint(row).astype(np.int64), np.rint(column).astype(np.int64)
            steps = np.arange(-half, half + 1)
            hills = _hills(
                steps + (top - row)[:, None],
                steps + (left - column)[:, None],
                nuclei.radius[patches, index],
                IRREGULARITY[kind] * waves[:, patches],
            )
            where = (
                patches[:, None, None],
                (top[:, None] + steps + pad)[:, :, None],
                (left[:, None] + steps + pad)[:, None],
            )
            canvas[where] = np.maximum(canvas[where], hills)


def _hills(rows: Array, columns: Array, radius: Array, waves: Array) -> Array:
    """How far each point lies inside a nucleus whose radius varies with the angle in two and three waves.

    rows, columns: distances from its centre in pixels, (m, s); waves: amplitudes (4, m). Returns float32 (m, s, s).
    """
    y, x = rows.astype(np.float32)[:, :, None], columns.astype(np.float32)[:, None]
    square = y * y + x * x + 1e-3
    distance = np.sqrt(square)
    two, three = x * x - y * y, x * (x * x - 3 * y * y)
    bent = 1 + waves[0, :, None, None] * two / square + waves[1, :, None, None] * (2 * x * y / square)
    bent += waves[2, :, None, None] * three / (square * distance)
    bent += waves[3, :, None, None] * (y * (3 * x * x - y * y) / (square * distance))
    return radius[:, None, None] * np.clip(bent, 0.5, 1.6) - distance


def _levelled(draws: PatchDraws, heights: Array, covered: Array) -> Array:
    """Haematoxylin, float32 (n, side, side): by rank in the central square, from a curve that knows no class.

    Far from the square, heights are ranked among those that are far as well, so that they know nothing of it.
    """
    n, side, _ = heights.shape
    away = _distance(side)
    edge = 1 - 0.85 * covered  # nuclei overlap
    pale, dark, width = (draws.uniform(*ends, (-1, 1)) for ends in (PALE, DARK, EDGE))

    def curve(count: int) -> Array:
        rank = (np.arange(count) + 0.5) / count
        levels = pale + (dark - pale) / (1 + np.exp((edge - rank) / width)) + 0.3 * (rank - 0.5)
        return np.maximum(levels, 0.02).astype(np.float32)

    if side == CENTRE:
        levels = np.empty((n, side * side), np.float32)
        np.put_along_axis(levels, np.argsort(heights.reshape(n, -1), axis=1), curve(side * side), axis=1)
        return levels.reshape(heights.shape)
    near = _by_rank(heights, away == 0, curve)
    if not (away >= REACH).any():
        return near
    share = np.minimum(away / REACH, 1).astype(np.float32)
    return near + share * (_by_rank(heights, away >= REACH, curve) - near)


def _distance(side: int) -> Array:
    """How many pixels each point of a patch lies from its central square, float64 (side, side)."""
    start = (side - CENTRE) // 2
    at = np.arange(side)
    gap = np.maximum(np.maximum(start - at, at - (start + CENTRE - 1)), 0)
    return np.hypot(gap[:, None], gap)


def _by_rank(heights: Array, pool: Array, curve: Callable[[int], Array]) -> Array:
    """Levels of all points, float32 like `heights`, by the rank that their heights have among the points in `pool`."""
    ranked = np.sort(heights[:, pool], axis=1)
    each = zip(heights, ranked, curve(ranked.shape[1]), strict=True)
    return np.stack([np.interp(height, known, levels) for height, known, levels in each]).astype(np.float32)


def _stained(draws: PatchDraws, haematoxylin: Array) -> Array:
    """Colours by Beer's law from haematoxylin (nuclei) and a stroma of eosin that knows nothing of them: uint8."""
    fibres = _fibres(draws, haematoxylin.shape[1])
    amount = draws.uniform(0.25, 0.6, (-1, 1, 1)).astype(np.float32)
    eosin = amount * np.clip(1 + 0.45 * fibres, 0.1, None)
    stains = []
    for stain in (HAEMATOXYLIN, EOSIN):
        stains.append(stain * draws.normal(1, 0.06, (-1, 1, 1, 3)).astype(np.float32))
    absorbed = haematoxylin[..., None] * stains[0] + eosin[..., None] * stains[1]
    light = draws.uniform(235, 250, (-1, 1, 1, 1)).astype(np.float32)
    colours = light * np.exp(-absorbed) + 3 * draws.standard_normal((-1, *absorbed.shape[1:]))
    return np.clip(np.rint(colours), 0, 255).astype(np.uint8)


def _fibres(draws: PatchDraws, side: int) -> Array:
    """Wavy bands, float32 (n, side, side), about -1 to 1: three waves of random direction and length, bent."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    bands = np.zeros((draws.kept, side, side), np.float32)
    for _ in range(3):
        angle, phase, bend = draws.uniform(0, 2 * np.pi, (3, -1, 1, 1)).astype(np.float32)
        length = draws.uniform(5, 22, (-1, 1, 1)).astype(np.float32)
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        bands += np.sin(2 * np.pi * across / length + phase + 1.5 * np.sin(along / 9 + bend)) / 3
    return bands
