"""Films for tests, of which everything is known: a face that moves, made by what OpenCV brings."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]


def face(size: int = 240) -> np.ndarray:
    """(size, size, 3) uint8 RGB: the astronaut."""
    with Image.open(ROOT / "examples" / "astronaut.jpg") as photo:
        return np.asarray(photo.convert("RGB").crop((80, 0, 380, 300)).resize((size, size)))


def film(path: Path, frames: list[np.ndarray], rate: float = 10.0) -> Path:
    """Writes frames (H, W, 3) uint8 RGB as a film: MP4 with MPEG-4, all else as single JPEGs."""
    code = cv2.VideoWriter_fourcc(*("mp4v" if path.suffix == ".mp4" else "MJPG"))
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, rate, (width, height))
    assert writer.isOpened()
    for frame in frames:
        writer.write(np.ascontiguousarray(frame[..., ::-1]))
    writer.release()
    return path


def gif(path: Path, frames: list[np.ndarray], durations_ms: list[int]) -> Path:
    """Writes an animation whose frames are shown for so long each."""
    first, *rest = (Image.fromarray(frame) for frame in frames)
    first.save(path, save_all=True, append_images=rest, duration=durations_ms, loop=0)
    return path


def turned(path: Path, degrees: int) -> Path:
    """Sets the flag of an MP4 by which it is shown turned clockwise by 90, 180 or 270 degrees."""
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 44  # its matrix, in version 0
    one = 1 << 16
    a, b, c, d = {90: (0, one, -one, 0), 180: (-one, 0, 0, -one), 270: (0, -one, one, 0)}[degrees]
    content[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path


def varied(path: Path, durations: list[int]) -> Path:
    """Has the frames of an MP4 shown for so long each, in frames of the rate it was written with.

    Its table of times, `stts`, lies behind the frames: it may grow.
    """
    content = path.read_bytes()
    at = content.index(b"stts") - 4
    size, _, _, _, count, each = struct.unpack_from(">6I", content, at)
    assert count == len(durations)
    assert at > content.index(b"mdat")
    runs = b"".join(struct.pack(">2I", 1, each * duration) for duration in durations)
    new = struct.pack(">I4s2I", 16 + len(runs), b"stts", 0, len(durations)) + runs
    content = bytearray(content[:at] + new + content[at + size :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        begin = content.index(name) - 4
        (old,) = struct.unpack_from(">I", content, begin)
        struct.pack_into(">I", content, begin, old + len(new) - size)
    path.write_bytes(content.replace(b"edts", b"free"))  # which says how long the film was
    return path
