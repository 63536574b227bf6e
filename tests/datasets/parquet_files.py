"""Parquet files as data sets of Hugging Face have them, small, of one colour for each image."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

NAMES = ("normal", "tumor")


def picture(shade: int, side: int = 8, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """An image file of one colour."""
    content = io.BytesIO()
    Image.new(mode, (side, side), (shade, 9, 9) if mode == "RGB" else shade).save(content, kind)
    return content.getvalue()


def pictures(shades: Sequence[int], **how: Any) -> list[dict[str, Any]]:
    """A column as Hugging Face writes it."""
    return [{"bytes": picture(shade, **how), "path": f"{number}.png"} for number, shade in enumerate(shades)]


def write_parquet(path: Path, names: Sequence[str] | None = None, rows: int = 4, **columns: Any) -> Path:
    """Write columns in row groups of `rows`; names: of the classes, as Hugging Face writes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    if names is not None:
        features = {"label": {"names": [*names], "_type": "ClassLabel"}, "image": {"_type": "Image"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, row_group_size=rows)
    return path


def write_hub(folder: Path, *, counts: tuple[int, int, int] = (12, 4, 6), inner: str = "data") -> Path:
    """Training part in two files, validation and test in one each; bright images are of class 1."""
    for part, count in zip(("train", "validation", "test"), counts, strict=True):
        pieces = 2 if part == "train" else 1
        for piece in range(pieces):
            numbers = range(piece * count // pieces, (piece + 1) * count // pieces)
            labels = [number % 2 for number in numbers]
            name = f"{part}-{piece:05}-of-{pieces:05}.parquet"
            shades = [40 + 160 * label + number for label, number in zip(labels, numbers, strict=True)]
            write_parquet(folder / inner / name, NAMES, image=pictures(shades), label=labels)
    return folder
