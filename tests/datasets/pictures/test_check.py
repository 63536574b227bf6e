"""Which image files are refused before a pixel of them is read."""

import os
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.pictures.picture import read_picture
from cnnlab.errors import DataError

FRAMES = [Image.new("RGB", (8, 8), (value, 0, 0)) for value in (1, 200)]


def tiff(path: Path, pixels: bytes = b"", **tags: int | tuple[int, ...]) -> Path:
    """Write a TIFF by hand: tags are short or long numbers by their names; one strip of pixels."""
    numbers = {"width": 256, "height": 257, "bits": 258, "photometric": 262, "samples": 277, "planar": 284,
               "extra": 338, "format": 339}  # fmt: skip
    entries = {numbers[name]: value if isinstance(value, tuple) else (value,) for name, value in tags.items()}
    count = len(entries) + 3
    start = 8 + 2 + 12 * count + 4
    entries |= {259: (1,), 273: (0,), 279: (len(pixels),)}
    extra = b""
    head = b"II*\0" + struct.pack("<IH", 8, count)
    body = b""
    places = dict.fromkeys(entries, 0)
    for tag, values in sorted(entries.items()):
        if len(values) > 1:
            places[tag] = start + len(extra)
            extra += struct.pack(f"<{len(values)}I", *values)
    entries[273] = (start + len(extra),)
    for tag, values in sorted(entries.items()):
        body += struct.pack("<HHII", tag, 4, len(values), places[tag] if len(values) > 1 else values[0])
    path.write_bytes(head + body + struct.pack("<I", 0) + extra + pixels)
    return path


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_picture(path, None, None)
    return str(caught.value).replace(str(path.parent) + os.sep, "")


GRAY = {"width": 2, "height": 1, "photometric": 1, "samples": 1}


def test_the_tiff_written_here_is_one(tmp_path):
    found = read_picture(tiff(tmp_path / "t.tif", b"\x05\xff", bits=8, **GRAY), None, None)
    assert found.pixels.tolist() == [[[5], [255]]]


@pytest.mark.parametrize(
    ("tags", "pixels", "text"),
    [
        ({**GRAY, "bits": 16}, bytes(4), "t.tif has pixels of the mode 'I;16', expected 8 bits a channel"),
        ({**GRAY, "bits": 32, "format": 3}, bytes(8), "t.tif has pixels of the mode 'F', expected 8 bits"),
        ({**GRAY, "bits": 8, "format": 2}, bytes(2), "mode 'L, 8 bits, not unsigned', expected 8 bits"),
        ({**GRAY, "bits": (16, 16, 16), "photometric": 2, "samples": 3}, bytes(12), "'RGB, 16 bits', expected 8"),
        ({**GRAY, "bits": (16, 16, 16), "photometric": 2, "samples": 3, "planar": 2}, bytes(12), "'RGB, 16 bits'"),
        ({**GRAY, "bits": (8, 8), "samples": 2, "extra": 0}, bytes(4), "mode 'L' and more channels, expected gray"),
        ({**GRAY, "bits": 8, "width": 60_000, "height": 60_000}, b"", "cannot be read .*(bomb|exceeds)"),
        ({**GRAY, "bits": 8, "width": 8_000, "height": 8_000}, b"", r"claims 8,000 x 8,000 pixels, expected at most"),
        ({**GRAY, "bits": 8, "width": 80}, bytes(2), r"t\.tif cannot be read as a PNG, .* image \("),
    ],
)  # fmt: skip
def test_a_tiff_that_would_be_cut_is_refused(tmp_path, tags, pixels, text):
    assert re.search(text, refused(tiff(tmp_path / "t.tif", pixels, **tags)))


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif"])
def test_several_pictures_in_one_file_are_refused(tmp_path, name):
    FRAMES[0].save(tmp_path / name, save_all=True, append_images=FRAMES[1:])
    assert refused(tmp_path / name) == (
        f"{name} holds several pictures (pages, or frames of an animation), expected one: save each as a file of its "
        "own."
    )


@pytest.mark.parametrize("name", ["g.bmp", "g.webp"])
@pytest.mark.parametrize("side", [8_000, 16_000])
def test_other_headers_that_claim_giants_are_refused(tmp_path, name, side):
    FRAMES[0].save(tmp_path / name, lossless=True)
    content = bytearray((tmp_path / name).read_bytes())
    if name == "g.bmp":
        content[18:26] = struct.pack("<ii", side, side)
    else:  # VP8L: 14 bits each of width - 1 and height - 1 behind its signature
        at = content.index(b"VP8L") + 9
        content[at : at + 4] = struct.pack("<I", (side - 1) | (side - 1) << 14)
    (tmp_path / name).write_bytes(content)
    assert "8,000 x 8,000 pixels" in refused(tmp_path / name) or "cannot be read" in refused(tmp_path / name)


def test_pipes_giants_and_what_is_gone_are_refused_before_they_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert refused(tmp_path / "pipe.png").startswith("pipe.png is not an ordinary file, expected an image")
    with (tmp_path / "giant.webp").open("wb") as file:
        file.truncate(10**12)
    assert "giant.webp has 1,000,000,000,000 bytes, expected an image of at most 500,000,000" in refused(
        tmp_path / "giant.webp"
    )
    assert refused(tmp_path / "gone.png") == (
        "gone.png cannot be read (No such file or directory): replace it or take it out."
    )


@pytest.mark.parametrize("name", ["f.tif", "f.bmp", "f.webp", "f.png", "f.jpg"])
def test_random_damage_is_a_sentence(tmp_path, name):
    """Whatever stands in the bytes, there is an image of the same kind or a DataError."""
    rng = np.random.default_rng(7)
    options = {"compression": "tiff_lzw"} if name == "f.tif" else {}
    Image.fromarray(rng.integers(0, 256, (9, 7, 3), dtype=np.uint8)).save(tmp_path / name, **options)
    content = (tmp_path / name).read_bytes()
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(content)
        for at in rng.integers(0, len(content), 3).tolist():
            damaged[at] = int(rng.integers(0, 256))
        (tmp_path / name).write_bytes(
            damaged[: int(rng.integers(1, len(content) + 1))] if rng.random() < 0.5 else damaged
        )
        try:
            assert read_picture(tmp_path / name, None, None).pixels.dtype == np.uint8
            outcomes.add("read")
        except DataError:
            outcomes.add("refused")
    assert "refused" in outcomes


def test_what_stands_in_the_place_of_an_image_is_named(tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "pointer.tif").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    assert "image (it is empty): replace it" in refused(tmp_path / "empty.png")
    assert "image (it is a Git LFS pointer" in refused(tmp_path / "pointer.tif")
