"""The document that the page comes in: Gradio's, with a head and a first paint of our own.

What Gradio takes as `head=` is added by its scripts; here it stands in the document itself, where
browsers find it before any script runs, and where who shows a preview of a link looks for it.
"""

from __future__ import annotations

import functools
import json
import re
from html import escape

from mood.page import assets
from mood.page.texts import LANGUAGES, texts

_THEIRS = re.compile(
    r'\s*(<meta\s+(property|name)="(og|twitter):[^>]*>|<link rel="manifest"[^>]*>)'
)
_HTML = re.compile(r'<html\s+lang="en"')
_BODY = re.compile(r"<body\b[^>]*>")
_ROOT = re.compile(r'"root":"([^"]+)"')
_MAX_MB = re.compile(r'"max_mb":\s*(\d+)')
_DESCRIPTION = "window.gradio_api_info = "

# Until the photo tab takes what is dropped (photo/drop.js), it is kept here: without this the
# browser would leave the page for it. What was dropped can be asked during the event alone.
_DROPS = """\
<script>
window.dropped = [];
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => {
event.preventDefault();
if (kind === "drop") for (const item of event.dataTransfer.items) {
const { type } = item, file = item.getAsFile(), entry = item.webkitGetAsEntry();
window.dropped?.push({ type, getAsFile: () => file, webkitGetAsEntry: () => entry });
}
});
</script>
"""

_HEAD = """\
<title>{title}</title>
<meta name="description" content="{about}">
<meta property="og:type" content="website">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{about}">
<meta property="og:url" content="{root}/">
<meta property="og:image" content="{root}/{preview}">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">
<meta name="theme-color" content="#f6f7f9" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1319" media="(prefers-color-scheme: dark)">
<link rel="icon" type="image/svg+xml" href="{logo}">
<link rel="apple-touch-icon" href="{icon}">
<link rel="manifest" href="{manifest}">
"""


def language_of(accepted: str) -> str:
    """The language that a browser names first, if the page speaks it, else English.

    Args:
        accepted: An ``Accept-Language`` header, such as ``de-AT,de;q=0.9``.
    """
    first = re.split(r"[-,;]", accepted.strip().lower(), maxsplit=1)[0]
    return first if first in LANGUAGES else "en"


def ours(html: str, language: str) -> str:
    """Gradio's document with our head, our symbols, and what is painted before scripts run."""
    words = {key: escape(text) for key, text in texts(language).items()}
    root = _ROOT.search(html)
    filled = {
        "title": words["title"],
        "about": f"{words['tagline']} {words['promise']}",
        "root": escape(root[1]) if root else "",
        "preview": assets.address("app/preview.jpg"),
        "logo": assets.address("app/logo.svg"),
        "icon": assets.address("app/icon-192.png"),
        "manifest": assets.address("app/manifest.json"),
    }
    head = f"{_HEAD.format(**filled)}{_DROPS}{assets.head()}<style>{_sheet()}</style>"
    first = _first(words, html)
    direction = "rtl" if language == "ar" else "ltr"
    html = _HTML.sub(f'<html lang="{language}" dir="{direction}"', _THEIRS.sub("", html), count=1)
    html = _without_snippets(html).replace("<style>", f"{head}<style>", 1)
    return _BODY.sub(lambda body: body[0] + assets.text("shared/symbols.svg") + first, html, 1)


def _first(words: dict[str, str], html: str) -> str:
    """What is painted first: header, drop area, and the example that is read already."""
    sample = json.loads(assets.text("sample.json"))
    most = _MAX_MB.search(html)
    hint = words["drop_hint"].format(mb=most[1] if most else "")
    return assets.text("first.html").format(
        **words | {"drop_hint": hint},
        picture=assets.address("small/sample.webp"),
        width=sample["width"],
        height=sample["height"],
        rows="<p>&nbsp;</p>" * len(sample["faces"]),
    )


def _without_snippets(html: str) -> str:
    """The document without the calls that Gradio writes for a drawer of its own, a tenth of it."""
    start = html.find(_DESCRIPTION) + len(_DESCRIPTION)
    if start < len(_DESCRIPTION):
        return html
    described, length = json.JSONDecoder().raw_decode(html[start:])
    for endpoint in described["named_endpoints"].values():
        endpoint.pop("code_snippets", None)
    text = json.dumps(described, separators=(",", ":")).replace("<", "\\u003c")
    return html[:start] + text + html[start + length :]


@functools.cache
def _sheet() -> str:
    """The style of what is painted first, without what only people read."""
    sheet = re.sub(r"/\*.*?\*/", "", assets.text("first.css"), flags=re.S)
    return re.sub(r"\s+", " ", sheet).strip()
