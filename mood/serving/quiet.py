"""One line a minute in the log for a kind of event, however often somebody makes it happen."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

OURS = ("mood.page", "mood.resources.memory", "mood.serving", "mood.vision")
"""Those of our rooms and modules that log what strangers can make happen.

Of other packages it may be any.
"""

_MINUTE_S = 60.0
_KINDS = 200  # remembered at once
_KIND_LENGTH = 100  # characters of a template by which it is known
_VALUES = re.compile(r"""\d+|(["'`]).*?\1""")  # some write them into their templates

_Kind = tuple[str, str, str]


class OncePerMinute(logging.Filter):
    """Lets the first record of a kind through, and counts the others for a minute.

    Of one kind are records of one logger with one template, whatever numbers and quotations that
    holds, and with errors of one class. The next one after that minute says how many there were in
    between.

    Args:
        now: Seconds on a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._said: dict[_Kind, float] = {}  # when; the oldest comes first
        self._more: dict[_Kind, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged; one that speaks for others, too, says so."""
        if not _of_strangers(record.name):
            return True
        kind, now = _kind(record), self._now()
        if now - self._said.get(kind, now - _MINUTE_S) < _MINUTE_S:
            self._more[kind] = self._more.get(kind, 0) + 1
            return False
        self._said.pop(kind, None)
        self._said[kind] = now
        more = self._more.pop(kind, 0)
        if more:
            record.msg, record.args = f"{record.getMessage().rstrip()} … and {more} more", ()
        if len(self._said) > _KINDS:
            oldest = next(iter(self._said))
            del self._said[oldest]
            self._more.pop(oldest, None)
        return True


def install() -> None:
    """Puts a filter before all that writes the log: a logger's own would not see its children's."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(OncePerMinute())


def _of_strangers(name: str) -> bool:
    return name.partition(".")[0] != "mood" or any(
        name == each or name.startswith(f"{each}.") for each in OURS
    )


def _kind(record: logging.LogRecord) -> _Kind:
    # asyncio writes addresses of objects into its templates, below the first line.
    line = str(record.msg).lstrip().partition("\n")[0][:_KIND_LENGTH]
    template = _VALUES.sub("…", line)
    error = record.exc_info[0] if record.exc_info else None
    return record.name, template, error.__name__ if error else ""
