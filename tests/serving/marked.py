"""Photos with a mark that can be found again: in their bytes, and in their names."""

from __future__ import annotations

import base64
import io
import secrets
from collections.abc import Iterable

from PIL import Image


class Mark:
    """Sixteen random letters, and the ways in which they may stand somewhere."""

    def __init__(self) -> None:
        self.text = secrets.token_hex(8)
        raw = self.text.encode()
        # In base64 a text looks in three ways, whatever stands before and behind it.
        coded = {shift: base64.b64encode(b"." * shift + raw + b"..") for shift in range(3)}
        letters = {shift: slice(-(-8 * shift // 6), 8 * (shift + len(raw)) // 6) for shift in coded}
        self.forms = (raw, *(coded[shift][letters[shift]] for shift in coded))

    def photo(self, whole: bool = True) -> bytes:
        """A JPEG file that holds the mark; or one that cannot be read."""
        file = io.BytesIO()
        picture = Image.new("RGB", (64, 48), self.text.encode()[:3].hex().join(("#", "")))
        picture.save(file, "JPEG", comment=self.text.encode())
        return file.getvalue() if whole else file.getvalue()[:60] + self.text.encode()

    def data_url(self, whole: bool = True) -> str:
        """The same as text."""
        return "data:image/jpeg;base64," + base64.b64encode(self.photo(whole)).decode()

    @property
    def name(self) -> str:
        """A file name that holds the mark."""
        return f"holiday-{self.text}.jpg"

    def is_in(self, content: bytes | str) -> bool:
        """Whether something holds it."""
        whole = content.encode(errors="replace") if isinstance(content, str) else content
        return any(form in whole for form in self.forms)


def found(marks: Iterable[Mark], content: bytes | str) -> list[str]:
    """Which marks something holds."""
    return [mark.text for mark in marks if mark.is_in(content)]
