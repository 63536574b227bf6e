"""Synthetic patches that stand in for PatchCamelyon: drawn, not photographed."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.pcam.nuclei import CENTRE, draw_patches

BLOCK = 512  # patches drawn together, from a generator of their own
TITLE = "PatchCamelyon (synthetic)"
NOTE = (
    "pcam_synthetic is drawn by a program, not tissue: it shows that a configuration works, and says nothing about "
    "how well it does on PatchCamelyon."
)

Side = Annotated[int, Field(ge=CENTRE, le=96)]
Count = Annotated[int, Field(ge=2, le=1_000_000)]


def _too_large(parameters: Any) -> str | None:
    if parameters.crop is None or parameters.crop <= parameters.size:
        return None
    return f"crop is {parameters.crop}, expected at most the size of a patch, {parameters.size}"


@dataset(
    check=_too_large,
    info=lambda parameters, places: _info(parameters.crop or parameters.size),
    own_validation=True,
    bundled="pcam_synthetic",
    smoke={"train_images": 96, "validation_images": 48, "test_images": 48},
    title=TITLE,
    size="any number of images, 32x32x3 to 96x96x3",
    note="drawn from a seed; no tissue",
)
def pcam_synthetic(
    places: DataPlaces,
    *,
    size: Side = CENTRE,
    crop: Side | None = None,
    train_images: Count = 10_000,
    validation_images: Count = 2_000,
    test_images: Count = 2_000,
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0,
) -> Dataset:
    """Synthetic patches in the place of PatchCamelyon, drawn from a seed: pink stroma and purple nuclei.

    In a patch of the class "tumour" the nuclei that lie in or reach into the central 32x32 pixels are larger,
    irregular and crowded; around it the tissue is of either kind, as in PatchCamelyon. The amounts of all colours
    in that square have the same distribution in both classes, so that size, shape and arrangement alone
    distinguish them.

    Parameters:
        size: side of a patch in pixels.
        crop: side in pixels of the central square that is kept, as of pcam; null keeps the whole patch.
        train_images: number of training patches, half of them tumour on average.
        validation_images: number of validation patches.
        test_images: number of test patches.
        seed: what the patches are drawn from; the run's own seed changes none of them.
    """
    side = crop or size
    counts = (train_images, validation_images, test_images)
    train, validation, test = (_draw(seed, part, count, side) for part, count in enumerate(counts))
    return Dataset(
        name="pcam_synthetic",
        title=TITLE,
        info=_info(side),
        train=train,
        validation=validation,
        test=test,
        source=f"drawn from seed {seed}",
        notes=(NOTE,),
    )


def _info(side: int) -> DatasetInfo:
    return DatasetInfo((side, side, 3), ("normal", "tumour"))


def _draw(seed: int, part: int, count: int, side: int) -> Split:
    """Draw `count` patches; the first of them are the same for every count."""
    images = np.empty((count, side, side, 3), np.uint8)
    labels = np.empty(count, np.int64)
    for start in range(0, count, BLOCK):
        rng = np.random.default_rng([seed, part, start // BLOCK])
        drawn = rng.integers(0, 2, BLOCK)
        kept = slice(start, min(start + BLOCK, count))
        labels[kept] = drawn[: kept.stop - start]
        images[kept] = draw_patches(rng, drawn, side, kept.stop - start)
    return Split(images, labels)
