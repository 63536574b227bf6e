"""PatchCamelyon: lymph-node patches with or without tumour, from the files that people have."""

from typing import Annotated

from pydantic import Field

from cnnlab.datasets.base import DataPlaces, Dataset, DatasetInfo, Split, dataset
from cnnlab.datasets.pcam.check import check_files
from cnnlab.datasets.pcam.files import (
    LAB,
    LICENCE,
    ORIGINAL,
    REMOTE,
    PcamLayout,
    image_path,
    part_groups,
    part_images,
    part_labels,
)
from cnnlab.datasets.pcam.missing import what_to_do
from cnnlab.datasets.pcam.search import PARTS, PcamFiles
from cnnlab.errors import DataError, counted

CLASS_NAMES = ("normal", "tumour")

Crop = Annotated[int, Field(ge=8, le=10_000)]


def _info(layout: PcamLayout, crop: int | None, places: DataPlaces) -> DatasetInfo:
    """Shape and classes: by the crop, else by the file of training images where it lies unpacked, else as published."""
    side = crop or layout.side
    files = None if crop is not None else layout.find(places)
    if files is not None:
        path = image_path(files, "train")
        if path.is_file() and path.suffix != ".gz":
            images = part_images(files, "train")
            side = side if images is None else images.shape[1]
    return DatasetInfo((side, side, 3), CLASS_NAMES)


@dataset(
    info=lambda parameters, places: _info(ORIGINAL, parameters.crop, places),
    own_validation=True,
    bundled="pcam_synthetic",
    bundled_with={
        "size": ORIGINAL.side,
        "train_images": 4000,
        "validation_images": 1000,
        "test_images": 1000,
    },
    title="PatchCamelyon",
    size="262,144 + 32,768 + 32,768 images, 96x96x3",
    find=ORIGINAL.folder,
    note="cnnlab data fetch pcam brings it (8 GB); crop: 32 keeps the centre",
    files=lambda places: check_files(ORIGINAL, places),
    remote=REMOTE,
    licence=LICENCE,
)
def pcam(places: DataPlaces, *, crop: Crop | None = None) -> Dataset:
    """PatchCamelyon: 262,144 training, 32,768 validation and 32,768 test patches of lymph nodes, 96x96, in colour.

    Read from the six original files, `camelyonpatch_level_2_split_train_x.h5` and so on, packed (.gz) or not; else
    from Kaggle's `training_split.h5`, `validation_split.h5`, `test_split.h5` with the original files of labels; else
    from files such as `train.h5`. They lie in the data directory D (``--data-dir``, ``$CNNLAB_DATA``, else the user
    cache), in D/pcam, or one level below or above, each also in a folder of its own name; labels also in Labels/. A
    packed file is unpacked once, beside itself. Images stay on disk unless they fit into `data.memory_budget`. A patch
    is of the class "tumour" when its central 32x32 pixels hold any.

    Source: Veeling, Linmans, Winkens, Cohen and Welling (2018), Zenodo record 2546921; licence CC0.

    Parameters:
        crop: side in pixels of the central square that is kept; null keeps the whole patch.
    """
    return _load(ORIGINAL, "PatchCamelyon", crop, places)


@dataset(
    info=lambda parameters, places: _info(LAB, parameters.crop, places),
    own_validation=True,
    bundled="pcam_synthetic",
    title="PatchCamelyon (lab)",
    size="100,000 + 32,768 + 32,768 images, 32x32x3",
    find=LAB.folder,
    note="the lab's files train.h5, valid.h5, test_x.h5, in --data-dir",
    files=lambda places: check_files(LAB, places),
)
def pcam_lab(places: DataPlaces, *, crop: Crop | None = None) -> Dataset:
    """PatchCamelyon as the lab hands it out: `train.h5`, `valid.h5` and `test_x.h5`, the centres of the patches.

    Read from the data directory D (``--data-dir``, ``$CNNLAB_DATA``, else the user cache), D/pcam_lab, D/pcam, or one
    level below or above. Each file has images under the key ``x`` (or images, data ...), uint8 (n, side, side, 3), and
    labels under ``y`` (or labels, target ...), 0 (normal) or 1 (tumour), else in a file beside it such as
    `train_y.h5`; those of the test images may be missing, as in the lab, where they are hidden. A key such as
    ``slide`` or ``patient`` gives groups.

    Source: Veeling, Linmans, Winkens, Cohen and Welling (2018), Zenodo record 2546921; licence CC0.

    Parameters:
        crop: side in pixels of the central square that is kept; null keeps the whole patch.
    """
    return _load(LAB, "PatchCamelyon (lab)", crop, places)


def _load(layout: PcamLayout, title: str, crop: int | None, places: DataPlaces) -> Dataset:
    files = layout.find(places)
    if files is None:
        searched = ", ".join(str(folder) for folder in layout.searched(places))
        raise DataError(
            f"The data set '{layout.dataset}' needs {layout.first} and others, which are in none of {searched}. "
            f"{what_to_do(layout.dataset, places.explicit)}"
        )
    splits = {part: split for part in PARTS if (split := _split(files, part, crop)) is not None}
    side = splits["train"].images.shape[1]
    for part, split in splits.items():
        if split.images.shape[1] != side:
            raise DataError(
                f"{files.folder}: the {part} images are {split.images.shape[1]} pixels wide and those of train {side}, "
                "expected one size: set data.crop, or take files that belong together."
            )
    return Dataset(
        name=layout.dataset,
        title=title if crop is None else f"{title}, central {crop}x{crop}",
        info=DatasetInfo((side, side, 3), CLASS_NAMES),
        train=splits["train"],
        validation=splits["valid"],
        test=splits.get("test"),
        source=str(files.folder),
        reading=files.reading(),
        notes=tuple(
            f"The {part} part has {counted(len(split), 'image')}, not the {layout.counts[part]:,} of the published set."
            for part, split in splits.items()
            if len(split) != layout.counts[part]
        ),
    )


def _split(files: PcamFiles, part: str, crop: int | None) -> Split | None:
    images = part_images(files, part, crop)
    if images is None:
        return None
    labels = part_labels(files, part, len(images))
    return Split(images, labels, groups=part_groups(files, part, len(images)))
