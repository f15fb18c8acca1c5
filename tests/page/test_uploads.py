"""What a request may hold as a picture, and what it is told otherwise."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from gradio.utils import get_upload_folder

from mood.errors import ImageError, ImageTooLargeError
from mood.page.uploads import from_data_url, from_request, from_upload

CONTENT = b"pixels"
URL = "data:image/png;base64," + base64.b64encode(CONTENT).decode()


@pytest.mark.parametrize(
    "value",
    [URL, {"url": URL}, {"url": URL, "path": "/etc/passwd"}, {"path": URL}, f"DATA{URL[4:]}"],
)
def test_a_data_url_is_decoded(value):
    assert from_request(value, most_mb=1)() == CONTENT


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "image/jpeg;name=a.jpg"])
def test_what_a_data_url_calls_itself_does_not_matter(kind):
    """Browsers say the first two of a file whose ending they do not know."""
    assert from_request(URL.replace("image/png", kind), most_mb=1)() == CONTENT


@pytest.mark.parametrize("form", [lambda path: path, lambda path: {"path": path, "meta": {}}])
def test_a_file_in_the_folder_of_uploads_is_taken(form):
    path = Path(get_upload_folder()) / "abc" / "photo.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)
    assert from_request(form(str(path)), most_mb=1) == path
    path.unlink()
    with pytest.raises(ImageError, match="upload the picture again"):
        from_request(form(str(path)), most_mb=1)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "holds no picture"),
        ({}, "holds no picture"),
        ([URL], "One picture at a time"),
        (7, "holds no picture"),
        ({"path": ["a"]}, "holds no picture"),
        ("/etc/passwd", "no uploaded file"),
        ({"path": "/etc/passwd"}, "no uploaded file"),
        ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "no uploaded file"),
        ({"path": "../../etc/passwd"}, "no uploaded file"),
        ("photo\0.jpg", "no uploaded file"),
        ("https://example.org/a.jpg", "Addresses are not fetched"),
        ({"url": "http://127.0.0.1/a.jpg"}, "Addresses are not fetched"),
        ("A" * 20_000, "neither a path nor a data URL"),
        ("data:image/png,AAAA", "no data URL of a picture"),
        ("data:image/png", "no data URL of a picture"),
        ("data:image/png;base64,AA\nAA", "line breaks in it"),
        ("data:image/png;base64,????", "base64 text is damaged"),
        ("data:image/png;base64,Ärger", "base64 text is damaged"),
    ],
)
def test_all_else_gets_a_sentence_that_says_what_to_do(value, words):
    with pytest.raises(ImageError, match=words) as refused:
        from_request(value, most_mb=1)()
    assert "lease" in str(refused.value) or "data URL" in str(refused.value)


def test_what_is_too_long_is_refused_before_it_is_decoded():
    with pytest.raises(ImageTooLargeError, match="At most 1 MB"):
        from_data_url("data:image/png;base64," + "!" * 1_400_000, most_mb=1)


def test_a_link_out_of_the_folder_of_uploads_is_not_followed(tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    folder = Path(get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "link-out.jpg"
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    try:
        with pytest.raises(ImageError, match="no uploaded file"):
            from_upload(str(link))
    finally:
        link.unlink()
