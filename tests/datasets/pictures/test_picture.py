"""One image file as bytes: every kind of file is read rightly, or refused in a sentence."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets.pictures.picture import SUFFIXES, read_picture
from cnnlab.errors import DataError

PIXELS = np.arange(18, dtype=np.uint8).reshape(3, 2, 3) * 10


@pytest.fixture
def path(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "p.png")
    return tmp_path / "p.png"


def test_colour_and_size_are_those_of_the_file_or_as_asked_for(path):
    np.testing.assert_array_equal(read_picture(path, None, None).pixels, PIXELS)
    assert read_picture(path, None, "gray").pixels.shape == (3, 2, 1)
    assert read_picture(path, (5, 4), "rgb").pixels.shape == (5, 4, 3)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_photo_is_turned_as_it_says(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 3  # half a turn
    path = tmp_path / f"p{suffix}"
    Image.fromarray(PIXELS).save(path, exif=exif)
    np.testing.assert_array_equal(read_picture(path, None, None).pixels, PIXELS[::-1, ::-1])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_file_is_read_whatever_its_suffix(tmp_path, suffix):
    lossy = suffix in (".jpg", ".jpeg")
    pixels = np.full((6, 4, 3), (200, 60, 20), np.uint8)
    options = {"lossless": True} if suffix == ".webp" else {"quality": 95} if lossy else {}
    Image.fromarray(pixels).save(tmp_path / f"p{suffix}", **options)
    for name in (f"p{suffix.upper()}", "p.png"):
        (tmp_path / f"p{suffix}").rename(tmp_path / name)
        found = read_picture(tmp_path / name, None, None).pixels
        np.testing.assert_allclose(found.astype(int), pixels, atol=3 * lossy)
        (tmp_path / name).rename(tmp_path / f"p{suffix}")


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", "jpeg"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK"])
def test_tiff_is_read_in_each_compression(tmp_path, compression, mode):
    if compression == "jpeg" and mode not in ("L", "RGB", "CMYK"):
        return
    picture = Image.new("RGB", (16, 16), (200, 60, 20)).convert(mode)
    picture.save(tmp_path / "t.tif", compression=compression)
    expected = np.asarray(picture.convert("L" if mode in ("1", "L") else "RGB"))
    found = read_picture(tmp_path / "t.tif", None, None).pixels
    np.testing.assert_allclose(found.squeeze().astype(int), expected, atol=4 * (compression == "jpeg"))


def test_what_is_no_picture_is_refused(path):
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"p\.png cannot be read as a PNG, JPEG, TIFF, BMP or WebP image"):
        read_picture(path, None, None)
    Image.fromarray(np.zeros((2, 2), np.uint16)).save(path)
    with pytest.raises(DataError, match="pixels of the mode 'I;16', expected 8 bits a channel"):
        read_picture(path, None, None)


def png(
    path: Path, depth: int, kind: int, rows: list[bytes], *chunks: tuple[bytes, bytes], width: int = 2
) -> Path:
    """Write a PNG by hand, of a bit depth and a colour type that Pillow does not write.

    kind: 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. rows: packed pixels. chunks: before the pixels.
    """
    head = struct.pack(">IIBBBBB", width, len(rows), depth, kind, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    content = b"\x89PNG\r\n\x1a\n"
    for name, data in ((b"IHDR", head), *chunks, (b"IDAT", pixels), (b"IEND", b"")):
        content += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    path.write_bytes(content)
    return path


CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


@pytest.mark.parametrize("kind", CHANNELS)
def test_16_bits_are_never_cut_to_8(tmp_path, kind):
    """Values 0 to 3520 would leave fourteen levels."""
    values = np.linspace(0, 3520, 2 * CHANNELS[kind]).astype(">u2").tobytes()
    path = png(tmp_path / "deep.png", 16, kind, [values, values])
    with pytest.raises(
        DataError, match=r"deep\.png has pixels of the mode '.*16.*', expected 8 bits a channel: conv"
    ):
        read_picture(path, (4, 4), "gray")


@pytest.mark.parametrize(
    ("depth", "packed", "values"),
    [(1, 0b01000000, [0, 255]), (2, 0b01110000, [85, 255]), (4, 0x3F, [51, 255])],
)
def test_few_bits_of_gray_are_spread_over_all_bytes(tmp_path, depth, packed, values):
    found = read_picture(png(tmp_path / "few.png", depth, 0, [bytes([packed])]), None, None)
    assert found.pixels.tolist() == [[[value] for value in values]] and not found.whitened


PALETTE = (b"PLTE", bytes([200, 100, 0, 7, 7, 7]))


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_palette_is_looked_up_and_is_colour(tmp_path, depth):
    packed = {1: [0b01000000], 2: [0b00010000], 4: [0x01], 8: [0, 1]}[depth]
    found = read_picture(png(tmp_path / "p.png", depth, 3, [bytes(packed)], PALETTE), None, None)
    assert found.pixels.tolist() == [[[200, 100, 0], [7, 7, 7]]]


@pytest.mark.parametrize(
    ("depth", "kind", "row", "chunks", "expected"),
    [
        (8, 6, [9, 8, 7, 255, 200, 0, 0, 0], [], [[9, 8, 7], [255, 255, 255]]),
        (8, 6, [9, 8, 7, 255, 200, 0, 0, 51], [], [[9, 8, 7], [244, 204, 204]]),
        (8, 4, [9, 255, 0, 0], [], [[9], [255]]),
        (8, 3, [0, 1], [PALETTE, (b"tRNS", b"\xff\x00")], [[200, 100, 0], [255, 255, 255]]),
        (8, 3, [0, 1], [PALETTE, (b"tRNS", b"\x00")], [[255, 255, 255], [7, 7, 7]]),
        (8, 0, [9, 77], [(b"tRNS", b"\0\x4d")], [[9], [255]]),
        (1, 0, [0b01000000], [(b"tRNS", b"\0\0")], [[255], [255]]),
        (8, 2, [9, 8, 7, 1, 2, 3], [(b"tRNS", b"\0\1\0\2\0\3")], [[9, 8, 7], [255, 255, 255]]),
    ],
)  # fmt: skip
def test_what_lies_under_transparency_is_not_seen(tmp_path, depth, kind, row, chunks, expected):
    found = read_picture(png(tmp_path / "t.png", depth, kind, [bytes(row)], *chunks), None, None)
    assert found.pixels.tolist() == [expected] and found.whitened


def test_colours_under_opaque_alpha_are_as_they_are(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (9, 9, 4), dtype=np.uint8)
    colours[..., 3] = 255
    Image.fromarray(colours).save(tmp_path / "opaque.png")
    found = read_picture(tmp_path / "opaque.png", None, None)
    np.testing.assert_array_equal(found.pixels, colours[..., :3])
    assert not found.whitened


def test_transparency_is_gone_before_the_size_changes(tmp_path):
    """A hidden colour does not bleed into its neighbours."""
    colours = np.zeros((8, 8, 4), np.uint8)
    colours[:, 4:] = 255
    Image.fromarray(colours).save(tmp_path / "half.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "half.png", (4, 4), "rgb").pixels, 255)


def test_a_photo_in_cmyk_is_what_it_shows(tmp_path):
    Image.new("RGB", (8, 8), (200, 60, 20)).convert("CMYK").save(tmp_path / "c.jpg", quality=95)
    pixels = read_picture(tmp_path / "c.jpg", None, None).pixels
    assert np.abs(pixels.astype(int) - (200, 60, 20)).max() <= 4


def test_interlaced_files_are_whole(tmp_path):
    """Adam7, written by hand: of 2 x 1 pixels the passes 1 and 6 hold one each."""
    head = struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 1)
    path = png(tmp_path / "i.png", 8, 0, [b"\x05", b"\x09"])
    content = path.read_bytes()
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    path.write_bytes(content[:16] + head + crc + content[33:])
    assert read_picture(path, None, None).pixels.tolist() == [[[5], [9]]]


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_header_that_claims_a_giant_is_refused_before_memory_is_taken(tmp_path, side, recwarn):
    path = png(tmp_path / "g.png", 8, 2, [b""])
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = path.read_bytes()
    path.write_bytes(content[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + content[33:])
    with pytest.raises(
        DataError, match=r"g\.png (claims .* pixels, expected at most 50,000,000|cannot be read)"
    ):
        read_picture(path, None, None)
    assert not recwarn.list
