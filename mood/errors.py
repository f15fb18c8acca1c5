"""Everything that can go wrong, as one tree.

::

    MoodError
    ├── SettingsError              an environment variable holds a value that cannot be used
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

Every message is one or two sentences for the person who reads it: what happened, what to do.
"""

from __future__ import annotations


class MoodError(Exception):
    """Anything that this package raises on purpose."""


class SettingsError(MoodError):
    """An environment variable holds a value that cannot be used."""


class ImageError(MoodError):
    """The picture that was given cannot be analysed."""


class UnreadableImageError(ImageError):
    """The picture is damaged, empty, missing, or no picture at all."""


class UnsupportedImageError(ImageError):
    """The picture has a format that is not read here."""


class ImageTooLargeError(ImageError):
    """The picture has more pixels or bytes than the settings allow."""


class ModelError(MoodError):
    """A network cannot be used."""


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
    """Too much work is waiting already."""
