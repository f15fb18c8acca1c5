"""Everything that can go wrong, as one tree.

::

    MoodError
    ├── SettingsError              an environment variable holds a value that cannot be used
    ├── OptionsError               a caller chose what there is not
    ├── ImageError                 the picture that was given cannot be analysed
    │   ├── UnreadableImageError     damaged, empty, missing or no picture at all
    │   ├── UnsupportedImageError    a picture of a format that is not read here
    │   └── ImageTooLargeError       more pixels or bytes than the settings allow
    ├── ModelError                 a network cannot be used
    │   ├── UnknownModelError        no network of that name is in the catalogue
    │   ├── WeightsUnavailableError  its file is neither cached nor to be had from the Hub
    │   ├── WeightsCorruptError      its file is not the file that the catalogue describes
    │   └── ModelLoadError           its file cannot be run, or its description does not fit
    └── BusyError                  too much work is waiting already
        ├── ShareError               too much of it is the sender's own
        └── StoppingError            the server is about to end

Every message is one or two sentences for the person who reads it: what happened, what to do.
Every error has a `code`, which programs may rely on; `STATUS` says what it means over HTTP.
"""

from __future__ import annotations

from typing import ClassVar

UNFORESEEN = "Something went wrong here. Please try again, or tell the operator."
"""What strangers are told of an error that nobody thought of."""


class MoodError(Exception):
    """Anything that this package raises on purpose.

    Attributes:
        code: Which kind of error it is, in one word that stays the same between releases.
    """

    code: ClassVar[str] = "error"


class SettingsError(MoodError):
    """An environment variable holds a value that cannot be used."""

    code: ClassVar[str] = "settings"


class OptionsError(MoodError):
    """A caller chose something that there is not, or that is out of range."""

    code: ClassVar[str] = "options"


class ImageError(MoodError):
    """The picture that was given cannot be analysed."""

    code: ClassVar[str] = "unreadable"


class UnreadableImageError(ImageError):
    """The picture is damaged, empty, missing, or no picture at all."""


class UnsupportedImageError(ImageError):
    """The picture has a format that is not read here."""

    code: ClassVar[str] = "unsupported"


class ImageTooLargeError(ImageError):
    """The picture has more pixels or bytes than the settings allow."""

    code: ClassVar[str] = "too_large"


class ModelError(MoodError):
    """A network cannot be used."""

    code: ClassVar[str] = "model"


class UnknownModelError(ModelError):
    """No network of that name is in the catalogue."""


class WeightsUnavailableError(ModelError):
    """The file of a network is neither cached nor to be had from the Hub.

    Attributes:
        retry_after_s: How long the Hub asked to be left alone; 0 where it did not.
    """

    retry_after_s: float = 0.0


class WeightsCorruptError(ModelError):
    """The file of a network is not the file that the catalogue describes."""


class ModelLoadError(ModelError):
    """The file of a network cannot be run, or its description does not fit it."""


class BusyError(MoodError):
    """Too much work is waiting already.

    Attributes:
        retry_after_s: When to try again.
    """

    code: ClassVar[str] = "busy"
    retry_after_s: ClassVar[int] = 5


class ShareError(BusyError):
    """Too much of the waiting work comes from the same address."""

    code: ClassVar[str] = "share"


class StoppingError(BusyError):
    """The server is about to end; the next one takes its place."""

    retry_after_s: ClassVar[int] = 10

    def __init__(self) -> None:
        super().__init__("The server is stopping. Please try again in a moment.")


STATUS: dict[str, tuple[int, str]] = {
    "error": (500, "Something went wrong"),
    "settings": (500, "The server is set up wrongly"),
    "options": (400, "There is no such choice"),
    "unreadable": (422, "The picture cannot be read"),
    "unsupported": (415, "The format is not read here"),
    "too_large": (413, "The picture is too large"),
    "model": (503, "A network cannot be had"),
    "busy": (503, "Too much is waiting already"),
    "share": (429, "Too much of yours is waiting already"),
}
"""Code of an error → status and a few words for answers over HTTP."""


def of_system(error: OSError) -> str:
    """Why the system does not do something, in its own words; never empty."""
    return error.strerror or type(error).__name__
