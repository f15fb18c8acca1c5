"""What describes a network: where its weights come from, what it wants and says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Generic, Literal, NamedTuple, TypeVar

from mood.types import Expression

EMBEDDED_DIR = Path(__file__).parent / "mini"
READABLE_DIR = Path(__file__).parent / "readable"

MOST_AT_ONCE = 64
"""Faces that a network may want at once: memory for so many is taken even for one."""

Landmarks = tuple[tuple[float, float], ...]

D = TypeVar("D")
M = TypeVar("M")


class Task(StrEnum):
    """What a network is for."""

    EXPRESSION = "expression"
    QUALITY = "quality"
    DETECTION = "detection"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a face becomes the input of an expression network.

    Attributes:
        input_hw: Height and width of the input in pixels.
        colour: Channels of the input: one grey or three in the order named.
        mean: Subtracted from each pixel (0 to 255) first; one number, or one for each channel.
        std: Then divided by; likewise.
        crop_scale: Side of the square crop in multiples of the geometric mean of the box's width
            and height.
        crop_shift_y: How far the centre of the crop lies below that of the box, in heights of it.
        level_from_deg: From how many degrees of slant of the eyes on the crop is turned to level
            them, where the detector gave landmarks; they are not exact enough to gain from less
            (tests/benchmarks/crop_margin.py).
        template: Where the five landmarks come to lie in the input, (x, y) in pixels, for networks
            that want aligned faces; None for those that take the plain crop. Faces without
            landmarks are cropped.
    """

    input_hw: tuple[int, int]
    colour: Literal["grey", "rgb", "bgr"] = "grey"
    mean: float | tuple[float, ...] = 0.0
    std: float | tuple[float, ...] = 1.0
    crop_scale: float = 1.0
    crop_shift_y: float = 0.0
    level_from_deg: float = 15.0
    template: Landmarks | None = None


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on the Hugging Face Hub.

    Attributes:
        repo: Repository, ``owner/name``.
        filename: Its path in there.
        revision: Commit of `repo` that it is taken from, or a branch where only a short hash is
            known, which the Hub does not take reliably.
        size_bytes: Its length; None where nobody said.
        sha256: Its hash in hexadecimal, which pins the file in either case; None where nobody said.
    """

    repo: str
    filename: str
    revision: str
    size_bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file that comes with the program.

    Attributes:
        filename: Its name in the folder.
        size_bytes: Its length.
        sha256: Its hash in hexadecimal.
        folder: Where it is; None is `EMBEDDED_DIR`.
    """

    filename: str
    size_bytes: int
    sha256: str
    folder: Path | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return (self.folder or EMBEDDED_DIR) / self.filename


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the user's own on this machine.

    Attributes:
        path: Where it is.
        size_bytes: Its length; None where its description does not say.
        sha256: Its hash in hexadecimal; None where its description does not say.
    """

    path: Path
    size_bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class WheelFile:
    """A file in a Python package that is installed with the program; nothing of it is executed.

    Attributes:
        package: Its name.
        version: Of the package.
        filename: Its path beside other packages.
        size_bytes: Its length.
        sha256: Its hash in hexadecimal.
        wheel_sha256: Hash of the package's wheel that pip is asked for where none is installed.
    """

    package: str
    version: str
    filename: str
    size_bytes: int
    sha256: str
    wheel_sha256: str


File = HubFile | EmbeddedFile | LocalFile | WheelFile


@dataclass(frozen=True, slots=True)
class Spec:
    """What is known of any network.

    Attributes:
        task: What it is for.
        name: What users call it.
        title: A few words for people.
        licence: SPDX identifier of the licence of its weights.
        docs: Where it is documented.
        origin: Where its weights come from.
    """

    task: ClassVar[Task]

    name: str
    title: str
    licence: str
    docs: str
    origin: File

    @property
    def embedded(self) -> bool:
        """Whether it comes with the program and needs no network."""
        return isinstance(self.origin, EmbeddedFile | WheelFile)


@dataclass(frozen=True, slots=True)
class DetectorSpec(Spec):
    """A face detector."""

    task: ClassVar[Task] = Task.DETECTION


@dataclass(frozen=True, slots=True)
class ExpressionSpec(Spec):
    """An expression network.

    Attributes:
        labels: What each output means, in order.
        preprocessing: How a face becomes its input.
        fixed_batch: The only batch size that it accepts, or None for any, or for what the network
            says of itself.
        temperature: Logits are divided by this before the softmax (Guo et al., ICML 2017).
        logit_bias: Added to the logits before that: the adjustment of the training prior.
        small_faces: How much higher the temperature is for small faces, (a, b): times
            1 + a · exp(-side / b), side being that of the face's square in pixels. None where that
            was not measured.
        certainty_threshold: Top probability from which on a verdict is called certain, 0 to 1.
    """

    task: ClassVar[Task] = Task.EXPRESSION

    labels: tuple[Expression, ...]
    preprocessing: Preprocessing
    fixed_batch: int | None = None
    temperature: float = 1.0
    logit_bias: tuple[float, ...] = ()
    certainty_threshold: float = 0.5
    small_faces: tuple[float, float] | None = None

    @property
    def calibrated(self) -> bool:
        """Whether its probabilities were measured on held-out faces, and corrected.

        Where not, they are what the network says: their order is right more often than their size.
        """
        return self.temperature != 1.0 or bool(self.logit_bias)

    @property
    def unknown(self) -> frozenset[Expression]:
        """The expressions that the network was never taught."""
        return frozenset(Expression) - frozenset(self.labels)


@dataclass(frozen=True, slots=True)
class QualitySpec(Spec):
    """A network that says whether a find is a face that can be read.

    Attributes:
        preprocessing: How a face becomes its input, which is one grey channel.
    """

    task: ClassVar[Task] = Task.QUALITY

    preprocessing: Preprocessing


ModelSpec = DetectorSpec | ExpressionSpec | QualitySpec
"""A network there is."""

S = TypeVar("S", bound=ModelSpec)


class Pair(NamedTuple, Generic[D, M]):
    """Names, specs or weights of the two networks that read a picture.

    Attributes:
        detector: Of the face detector.
        model: Of the expression network.
    """

    detector: D
    model: M


Choice = Pair[str, str]
"""Two names: ``auto``, or of the catalogue, or as `model` a file of the user's."""
