"""Files whose structure takes time or memory, and honest ones that look a little like them."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from mood.errors import ImageTooLargeError, UnreadableImageError, UnsupportedImageError
from mood.settings import Settings
from mood.vision.formats import jpeg
from mood.vision.picture import read_image
from tests.kinds import rle_bmp

SETTINGS = Settings()


def encoded(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, kind, **options)
    return file.getvalue()


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def behind_start(inserted: bytes) -> bytes:
    whole = encoded("JPEG")
    return whole[:2] + inserted + whole[2:]


def between_scans(inserted: bytes) -> bytes:
    whole = encoded("JPEG", progressive=True)
    return whole[:-2] + inserted + whole[-2:]


def before_pixels(inserted: bytes) -> bytes:
    whole = encoded("PNG")
    return whole[:33] + inserted + whole[33:]


def with_idats_of(size: int, rows: int = 400) -> bytes:
    pixels = b"".join(b"\0" + os.urandom(400) + bytes(800) for _ in range(rows))
    packed = zlib.compress(pixels, 1)
    parts = [chunk(b"IDAT", packed[at : at + size]) for at in range(0, len(packed), size)]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 400, rows, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(parts) + chunk(b"IEND", b"")


GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"
GIF_PIXEL = b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP"
    for kind, data in chunks:
        body += kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(width: int, height: int, flags: int = 0) -> tuple[bytes, bytes]:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes((flags, 0, 0, 0)) + sides


def tiff(tags: dict[int, tuple[int, int, int]], before: bytes = b"") -> bytes:
    """Little-endian: tag → type, count, value or address. `before` lies at address 8."""
    entries = b"".join(struct.pack("<HHLL", tag, *tags[tag]) for tag in sorted(tags))
    head = b"II*\0" + struct.pack("<L", 8 + len(before)) + before
    return head + struct.pack("<H", len(tags)) + entries + bytes(4)


GREY_64 = {256: (4, 1, 64), 257: (4, 1, 64), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 1)}
GREY_64 |= {273: (4, 1, 8), 277: (3, 1, 1), 278: (4, 1, 64), 279: (4, 1, 4096)}


def rows_as_strips(rows: int) -> bytes:
    addresses = struct.pack("<L", 8) * rows
    tags = GREY_64 | {256: (4, 1, 1), 257: (4, 1, rows), 278: (4, 1, 1)}
    return tiff(tags | {273: (4, rows, 8), 279: (4, rows, 8)}, addresses)


def progressive(scans: list[bytes], size: tuple[int, int] = (8660, 5773)) -> bytes:
    """The structure of a colour JPEG at full resolution, without any pixels in it.

    Args:
        scans: Components of each scan, as their numbers.
        size: Width and height.
    """
    frame = struct.pack(">BHHB", 8, size[1], size[0], 3) + b"\1\x11\0\2\x11\0\3\x11\0"
    file = b"\xff\xd8" + segment(0xC2, frame)
    for names in scans:
        each = b"".join(bytes((name, 0)) for name in names)
        file += segment(0xC4, b"\0" * 18)
        file += segment(0xDA, bytes((len(names),)) + each + b"\0\x3f\0") + b"\x11\xff\0\x22"
    return file + b"\xff\xd9"


TOO_LONG: dict[str, Callable[[], bytes]] = {
    "JPEG, 20,000 comments": lambda: behind_start(segment(0xFE, b"") * 20_000),
    "JPEG, 200,000 fill bytes": lambda: behind_start(b"\xff" * 200_000),
    "JPEG, 200,000 escaped bytes before its segments": lambda: behind_start(b"\xff\0" * 100_001),
    "JPEG, 20,000 markers without a length": lambda: behind_start(b"\xff\x01" * 20_000),
    "JPEG, 30,000 comments between scans": lambda: between_scans(segment(0xFE, b"") * 30_000),
    "JPEG, 50 megapixels in 60 scans": lambda: progressive([b"\1"] * 60),
    "JPEG, scans of what is no component": lambda: progressive([b"\7"] * 60),
    "PNG, 110,000 empty chunks": lambda: before_pixels(chunk(b"IDAT", b"") * 110_000),
    "PNG, pixels a byte at a time": lambda: with_idats_of(1),
    "PNG, 110,000 texts": lambda: before_pixels(chunk(b"tEXt", b"a\0") * 110_000),
    "GIF, 200,001 comments": lambda: GIF + b"!\xfe\x01x\0" * 200_001 + GIF_PIXEL,
    "GIF, a comment of 200,001 blocks": lambda: (
        GIF + b"!\xfe" + b"\x01x" * 200_001 + b"\0" + GIF_PIXEL
    ),
    "GIF, zeros before its picture": lambda: GIF + bytes(200_001) + GIF_PIXEL,
    "WebP, 20,000 unknown chunks": lambda: webp(canvas(64, 64), *[(b"XXXX", b"")] * 20_000),
    "TIFF, 200,000 strips": lambda: rows_as_strips(200_000),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_structure_that_takes_too_long_gets_a_sentence(name):
    with pytest.raises(ImageTooLargeError, match=r"would take too long"):
        read_image(TOO_LONG[name](), SETTINGS)


def test_a_jpeg_of_a_thousand_scans_is_counted_and_not_decoded():
    with pytest.raises(ImageTooLargeError, match="so many scans"):
        read_image(progressive([b"\1"] * 1000, (4000, 2000)), SETTINGS)


# What encoders write today: libjpeg's own script, mozjpeg's longest, and one scan a component.
SCRIPTS = {
    "libjpeg": [b"\1\2\3", b"\1", b"\3", b"\2", b"\1", b"\1", b"\1\2\3", b"\3", b"\2", b"\1"],
    "mozjpeg": [b"\1", b"\2", b"\3", *[b"\1"] * 6, *[b"\2", b"\3"] * 3],
    "camera": [b"\1\2\3", *[b"\1", b"\2", b"\3"] * 4, b"\1", b"\1"],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_progressive_files_of_50_megapixels_and_fifteen_scans_stay_read(script):
    parts = jpeg.parts(progressive(SCRIPTS[script]))
    assert parts.kind == "progressive"
    assert parts.buffers == pytest.approx(2 * 3 * 50e6, rel=0.01)  # two bytes a coefficient


def rotated(kind: str, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description " * 200
    return encoded(kind, exif=exif, **options)


HONEST: dict[str, Callable[[], bytes]] = {
    "JPEG, progressive": lambda: encoded("JPEG", (3000, 2000), progressive=True),
    "JPEG, colour profile of 4 MB in 64 segments": lambda: behind_start(
        segment(0xE2, b"ICC_PROFILE\0\1\x40" + bytes(65_000)) * 64
    ),
    "JPEG, a depth map of 6 MB in XMP": lambda: behind_start(
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)) * 100
    ),
    "JPEG, padded with fill bytes": lambda: behind_start(b"\xff" * 4096),
    "JPEG, a film behind it": lambda: encoded("JPEG", progressive=True) + os.urandom(3_000_000),
    "JPEG, restart markers": lambda: encoded("JPEG", (2000, 1000), restart_marker_blocks=1),
    "PNG, IDATs of 8 kB": lambda: with_idats_of(8192, rows=4000),
    "PNG, IDATs of 100 bytes": lambda: with_idats_of(100),
    "PNG, a text of 3 MB": lambda: before_pixels(
        chunk(b"zTXt", b"workflow\0\0" + zlib.compress(bytes(3_000_000)))
    ),
    "PNG, a profile of 3 MB": lambda: before_pixels(
        chunk(b"iCCP", b"large\0\0" + zlib.compress(bytes(3_000_000)))
    ),
    "WebP, a profile and EXIF of 3 MB": lambda: encoded(
        "WEBP", icc_profile=bytes(3_000_000), exif=b"Exif\0\0" + bytes(3_000_000)
    ),
    "AVIF, a profile and XMP of 3 MB": lambda: encoded(
        "AVIF", icc_profile=bytes(3_000_000), xmp=bytes(3_000_000)
    ),
    "TIFF, a profile of 3 MB": lambda: encoded("TIFF", icc_profile=bytes(3_000_000)),
    "GIF, XMP": lambda: GIF + b"!\xff\x0bXMP DataXMP" + b"\x40" + b"x" * 64 + b"\0" + GIF_PIXEL,
    "GIF, 1,000 comments": lambda: GIF + b"!\xfe\x01x\0" * 1000 + GIF_PIXEL,
    "TIFF, a strip for each of 6,000 rows": lambda: rows_as_strips(6000),
    "TIFF, a thousand more tags": lambda: tiff(
        GREY_64 | {40_000 + k: (4, 1, 0) for k in range(1000)}, bytes(4096)
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_files_stay_read(name):
    assert read_image(HONEST[name](), SETTINGS).pixels.size


SUB = struct.pack("<HHHLLL", 1, 262, 3, 1, 32803, 0)  # a directory: colours of a sensor
RAW: dict[str, bytes] = {
    "DNG": tiff(GREY_64 | {50706: (1, 4, 0x0401)}, bytes(4096)),
    "NEF, a preview first": tiff(GREY_64 | {254: (4, 1, 1), 330: (4, 1, 8)}, bytes(4096)),
    "a sensor below the first picture": tiff(GREY_64 | {330: (4, 1, 4104)}, bytes(4096) + SUB),
    "the second of two below it": tiff(
        GREY_64 | {330: (4, 2, 4104)}, bytes(4096) + struct.pack("<LL", 8, 4112) + SUB
    ),
    "PEF": tiff(GREY_64 | {259: (3, 1, 65535)}, bytes(4096)),
    "ARW": tiff(GREY_64 | {262: (3, 1, 32803)}, bytes(4096)),
    "CR2": b"II*\0\x10\0\0\0CR\2\0" + bytes(4096),
    "ORF": b"IIRO\x08\0\0\0" + bytes(4096),
    "RW2": b"IIU\0\x08\0\0\0" + bytes(4096),
    "RAF": b"FUJIFILMCCD-RAW 0201FF393101" + bytes(4096),
    "CR3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(4096),
}


@pytest.mark.parametrize("name", RAW)
def test_camera_raw_is_named_and_no_preview_is_taken_for_it(name):
    with pytest.raises(UnsupportedImageError, match=r"camera RAW.*JPEG"):
        read_image(RAW[name], SETTINGS)


def test_a_pil_image_of_raw_is_no_better():
    with (
        Image.open(io.BytesIO(RAW["DNG"])) as preview,
        pytest.raises(UnsupportedImageError, match="camera RAW"),
    ):
        read_image(preview, SETTINGS)


@pytest.mark.parametrize("below", [(4, 1, 99_999), (4, 1, 4), (4, 70_000, 8), (4, 2, 99_999)])
def test_directories_below_that_lead_nowhere_cost_no_picture(below):
    assert read_image(tiff(GREY_64 | {330: below}, bytes(4096)), SETTINGS).size_wh == (64, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_what_is_left_out_does_not_cost_the_turn(kind):
    assert read_image(rotated(kind), SETTINGS).size_wh == (48, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_turn_may_stand_in_xmp(kind):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6"/></x:xmpmeta>'
    if kind == "PNG":
        text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
        content = before_pixels(text)
    else:
        content = encoded(kind, xmp=xmp)
    assert read_image(content, SETTINGS).size_wh == (48, 64)


def test_the_turn_may_stand_in_a_text_of_imagemagick():
    exif = Image.Exif()
    exif[0x0112] = 8
    digits = exif.tobytes().hex().encode()
    text = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n  26\n" + digits + b"\n")
    assert read_image(before_pixels(chunk(b"zTXt", text)), SETTINGS).size_wh == (48, 64)


def test_the_first_frame_of_an_animation_lies_where_it_belongs():
    frame = encoded("WEBP", (16, 16), lossless=True)[12:]
    place = (8 // 2).to_bytes(3, "little") + (16 // 2).to_bytes(3, "little")
    sides = (15).to_bytes(3, "little") * 2
    first = (b"ANMF", place + sides + b"\x64\0\0\0" + frame)
    second = (b"ANMF", bytes(6) + sides + b"\x64\0\0\0" + frame)
    content = webp(canvas(64, 48, flags=0x02), (b"ANIM", bytes(6)), first, second)
    picture = read_image(content, SETTINGS)
    assert picture.size_wh == (64, 48)
    red = (picture.pixels != 255).any(axis=2)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert (columns[0], columns[-1], rows[0], rows[-1]) == (8, 23, 16, 31)


def test_a_huge_canvas_with_a_tiny_frame_takes_no_more_than_the_frame():
    frame = encoded("WEBP", (16, 16), lossless=True)[12:]
    sides = (15).to_bytes(3, "little") * 2
    content = webp(canvas(5000, 5000, 2), (b"ANMF", bytes(6) + sides + bytes(4) + frame))
    assert read_image(content, SETTINGS).size_wh == (5000, 5000)


def test_a_bmp_of_runs_keeps_its_colours():
    pixels = read_image(rle_bmp((600, 40)), SETTINGS).pixels
    assert pixels[:, :255].reshape(-1, 3).mean(axis=0).argmax() == 0
    assert pixels[:, 260:500].reshape(-1, 3).mean(axis=0).argmax() == 1


def test_a_bmp_that_jumps_over_gigabytes_of_rows_is_damaged():
    narrow = rle_bmp((12, 1))
    wide = narrow[:18] + struct.pack("<L", 12_000_000) + narrow[22:-2] + b"\0\2\0\xff" * 400
    with pytest.raises(UnreadableImageError, match="damaged"):
        read_image(wide, SETTINGS)
