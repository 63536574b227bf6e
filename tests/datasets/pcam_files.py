"""PatchCamelyon as it lies on people's disks, small: both naming schemes, every layout, and every damage."""

import gzip
from pathlib import Path
from typing import Any

import h5py
import numpy as np

OFFICIAL = "camelyonpatch_level_2_split"
COUNTS = {"train": 40, "valid": 12, "test": 10}
Y_SHAPES = [(-1,), (-1, 1), (-1, 1, 1, 1)]


def images(count: int, side: int, seed: int = 0) -> np.ndarray:
    """Random bytes: uint8 (count, side, side, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def labels(count: int) -> np.ndarray:
    """Labels 0 and 1 in turn: uint8 (count,)."""
    return (np.arange(count) % 2).astype(np.uint8)


def write_h5(path: Path, layout: dict[str, Any] | None = None, **arrays: np.ndarray) -> Path:
    """Write arrays under their names; `layout` goes to h5py's create_dataset, for arrays of images."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(
                name, data=array, **((layout or {}) if array.ndim == 4 and array.size > 999 else {})
            )
    return path


def pack(path: Path) -> Path:
    """Replace a file by its .gz."""
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), 1))
    path.unlink()
    return packed


def write_lab(
    folder: Path, *, side: int = 32, y_shape: tuple[int, ...] = (-1,), test_labels: bool = False
) -> Path:
    """The lab's three files."""
    for seed, (part, name) in enumerate({"train": "train", "valid": "valid", "test": "test_x"}.items()):
        arrays = {"x": images(COUNTS[part], side, seed)}
        if part != "test" or test_labels:
            arrays["y"] = labels(COUNTS[part]).reshape(y_shape)
        write_h5(folder / f"{name}.h5", **arrays)
    return folder


def write_official(
    folder: Path,
    *,
    side: int = 48,
    y_shape: tuple[int, ...] = (-1, 1, 1, 1),
    packed: bool = False,
    test_labels: bool = True,
    layout: dict[str, Any] | None = None,
) -> Path:
    """The six original files, or five of them."""
    for seed, part in enumerate(COUNTS):
        paths = [write_h5(folder / f"{OFFICIAL}_{part}_x.h5", layout, x=images(COUNTS[part], side, seed))]
        if part != "test" or test_labels:
            paths.append(
                write_h5(folder / f"{OFFICIAL}_{part}_y.h5", y=labels(COUNTS[part]).reshape(y_shape))
            )
        if packed:
            for path in paths:
                pack(path)
    return folder


def write_kaggle(folder: Path, *, images_in: str = "pcam", labels_in: str = "Labels/Labels") -> Path:
    """Kaggle's edition in HDF5: `training_split.h5` and so on, and the original files of labels in their folders."""
    names = {"train": "training", "valid": "validation", "test": "test"}
    for seed, part in enumerate(COUNTS):
        write_h5(folder / images_in / f"{names[part]}_split.h5", x=images(COUNTS[part], 48, seed))
        write_h5(folder / labels_in / f"{OFFICIAL}_{part}_y.h5", y=labels(COUNTS[part]).reshape(-1, 1, 1, 1))
    (folder / "Metadata").mkdir(exist_ok=True)
    (folder / "Metadata" / f"{OFFICIAL}_train_meta.csv").write_text("tumor_patch,center_tumor_patch\n")
    return folder


def in_own_folders(folder: Path) -> Path:
    """What some unpackers make: each file in a folder of its own name."""
    for path in sorted(folder.rglob("*.h5")):
        inner = path.rename(path.with_name("moving"))
        path.mkdir()
        inner.rename(path / path.name)
    return folder


def rename_keys(folder: Path, **names: str) -> Path:
    """Other keys in place of x and y in every file."""
    for path in folder.rglob("*.h5"):
        with h5py.File(path, "a") as file:
            for old, new in names.items():
                if old in file:
                    file.move(old, new)
    return folder
