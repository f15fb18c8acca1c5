"""``python -m tests.vision.mutations --files 100000``: damaged pictures, the same for each seed.

Prints the seeds of those that bring about anything but a picture or an `ImageError`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from mood.errors import ImageError
from mood.settings import Settings
from mood.vision.picture import read_image
from tests.kinds import KINDS

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS = Settings(max_side=320)
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def sources() -> list[bytes]:
    """A small whole file of every kind, and two photos."""
    photos = [(EXAMPLES / name).read_bytes() for name in ("astronaut.jpg", "mariachi.jpg")]
    return [make((61, 47)) for make in KINDS.values()] + photos


def mutated(whole: list[bytes], seed: int) -> bytes:
    """One damaged file; the same for the same seed."""
    chance = random.Random(seed)
    content = bytearray(whole[seed % len(whole)])
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        _damage(content, chance, whole)
    return bytes(content)


def _damage(content: bytearray, chance: random.Random, whole: list[bytes]) -> None:
    """Most faults lie where the structure is: in the first kilobyte."""
    reach = len(content) if chance.random() < 0.4 else min(len(content), 1000)
    place = chance.randrange(reach) if reach else 0
    match chance.randrange(7):
        case 0:
            content[place : place + 1] = bytes((chance.randrange(256),))
        case 1:
            content[place : place + 1] = bytes((chance.choice((0, 1, 0x7F, 0x80, 0xFF)),))
        case 2:
            number, size = chance.choice(_NUMBERS), chance.choice((2, 4, 8))
            number &= (1 << 8 * size) - 1
            order = chance.choice(("big", "little"))
            content[place : place + size] = number.to_bytes(size, order)
        case 3:
            del content[place:]
        case 4:
            del content[place : place + chance.choice((1, 2, 4, 12, 100))]
        case 5:
            end = place + chance.choice((1, 4, 12, 100, 1000))
            content[place:place] = content[place:end] * chance.choice((1, 2, 50))
        case 6:
            other = whole[chance.randrange(len(whole))]
            start = chance.randrange(len(other))
            content[place : place + 40] = other[start : start + 40]


def escape(whole: list[bytes], seed: int) -> BaseException | None:
    """What a damaged file brings about, where that is no picture and no `ImageError`."""
    try:
        picture = read_image(mutated(whole, seed), SETTINGS)
        assert picture.pixels.ndim == 3
        assert max(picture.pixels.shape) <= SETTINGS.max_side
        assert min(picture.size_wh) >= 1
    except ImageError:
        return None
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        return error
    return None


def main() -> int:
    """Reads so many of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=600.0)
    options = parser.parse_args()
    began, kinds, read = time.process_time(), Counter[str](), 0
    whole, slowest = sources(), (0.0, 0)
    for seed in range(options.first, options.first + options.files):
        before = time.process_time()
        if error := escape(whole, seed):
            kinds[type(error).__name__] += 1
            print(f"seed {seed}: {''.join(traceback.format_exception(error)[-3:])}")
        slowest = max(slowest, (time.process_time() - before, seed))
        read += 1
        if time.process_time() - began > options.seconds:
            break
    print(f"{read} files, escapes: {dict(kinds)}, slowest {slowest[0]:.2f} s (seed {slowest[1]})")
    return bool(kinds)


if __name__ == "__main__":
    sys.exit(main())
