"""Who is taken for whom, and which pages may ask."""

from __future__ import annotations

from typing import Any

import pytest

from mood.errors import SettingsError
from mood.serving.visitors import Origins, Proxies, behind_known_proxies
from mood.settings import Settings


def request(peer: str = "10.1.2.3", **headers: str) -> dict[str, Any]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (peer, 4711), "scheme": "http", "headers": pairs}


def seen(scope: dict[str, Any]) -> tuple[str, str, str | None]:
    host = {name: value.decode() for name, value in scope["headers"]}.get(b"host")
    return scope["client"][0], scope["scheme"], host


CLAIMS = {
    "host": "inside:7860",
    "x_forwarded_for": "198.51.100.9, 203.0.113.7",
    "x_forwarded_host": "mood.example",
    "x_forwarded_proto": "https",
    "x_gradio_server": "http://evil.example",
}


def test_nobody_is_believed_by_default():
    scope = Proxies("", 1).resolve(request(**CLAIMS))
    assert seen(scope) == ("10.1.2.3", "http", "inside:7860")
    assert [name for name, _ in scope["headers"]] == [b"host"]


def test_a_trusted_proxy_is_believed_and_only_its_own_entry():
    scope = Proxies("10.0.0.0/8", 1).resolve(request(**CLAIMS))
    assert seen(scope) == ("203.0.113.7", "https", "mood.example")
    assert [name for name, _ in scope["headers"]] == [b"host"]


def test_with_two_hops_the_second_entry_from_the_right_counts():
    assert seen(Proxies("10.0.0.0/8", 2).resolve(request(**CLAIMS)))[0] == "198.51.100.9"


def test_a_stranger_beside_the_proxies_is_not_believed():
    scope = Proxies("10.0.0.0/8", 1).resolve(request(peer="192.0.2.1", **CLAIMS))
    assert seen(scope) == ("192.0.2.1", "http", "inside:7860")


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("203.0.113.7:1234", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.1.2.3"),
        ("<script>", "10.1.2.3"),
        ("", "10.1.2.3"),
    ],
)
def test_entries_have_ports_and_oddities(entry, address):
    scope = Proxies("10.0.0.0/8", 1).resolve(request(x_forwarded_for=entry))
    assert scope["client"][0] == address


def test_odd_hosts_and_schemes_of_a_proxy_are_left_out():
    odd = {"x_forwarded_host": "a b<c>", "x_forwarded_proto": "gopher", "host": "inside"}
    assert seen(Proxies("10.0.0.0/8", 1).resolve(request(**odd))) == ("10.1.2.3", "http", "inside")


def below(prefix: str, trusted: str = "10.0.0.0/8") -> tuple[str, str, bytes]:
    asked = request(x_forwarded_prefix=prefix) | {"path": "/ü", "raw_path": b"/%C3%BC"}
    scope = Proxies(trusted, 1).resolve(asked)
    assert scope["headers"] == []
    return scope.get("root_path", ""), scope["path"], scope["raw_path"]


@pytest.mark.parametrize("prefix", ["/mood", "/a/b-c/d_e~f.g", "/mood/", "/" + "m" * 199])
def test_a_trusted_proxy_says_which_prefix_it_took_off(prefix):
    root = prefix.rstrip("/")
    assert below(prefix) == (root, f"{root}/ü", root.encode() + b"/%C3%BC")


def test_nobody_else_says_which_prefix_there_is():
    assert below("/mood", trusted="192.0.2.0/24") == ("", "/ü", b"/%C3%BC")


@pytest.mark.parametrize(
    "prefix",
    [
        *("", "/", "//", "//evil", "/a//b", "mood", "https://evil.example/a", '/a"b', "/a<b>"),
        *("/a b", "/..", "/a/../b", "/./a", "/a/.", "/a?b", "/a#b", "/a%2fb", "/\\evil", "/ä"),
        "/" + "a" * 10_000,
    ],
)
def test_odd_prefixes_of_a_proxy_are_left_out(prefix):
    assert below(prefix) == ("", "/ü", b"/%C3%BC")


def test_proxies_that_are_no_networks_end_the_start_with_a_sentence():
    with pytest.raises(SettingsError, match="MOOD_TRUSTED_PROXIES"):
        Settings(trusted_proxies="10.0.0.0/8, everybody")


def test_a_space_trusts_its_proxies_and_nothing_else_does_by_itself():
    plain = Settings()
    assert behind_known_proxies(plain, {}) == plain
    space = behind_known_proxies(plain, {"SPACE_ID": "me/mood"})
    scope = Proxies(space.trusted_proxies, space.proxy_hops).resolve(request(**CLAIMS))
    assert seen(scope) == ("203.0.113.7", "https", "mood.example")
    named = Settings(trusted_proxies="192.0.2.0/24")
    assert behind_known_proxies(named, {"SPACE_ID": "me/mood"}) == named


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({"host": "mood.example"}, True),
        ({"host": "mood.example", "origin": "https://mood.example"}, True),
        ({"host": "mood.example:443", "origin": "https://mood.example"}, True),
        ({"host": "localhost:7860", "origin": "http://localhost:7860"}, True),
        ({"host": "localhost:7860", "origin": "http://localhost:3000"}, False),
        ({"host": "inside", "origin": "https://a.example", "sec_fetch_site": "same-origin"}, True),
        ({"host": "inside", "origin": "https://a.example", "sec_fetch_site": "cross-site"}, False),
        ({"host": "mood.example", "origin": "https://evil.example"}, False),
        ({"host": "mood.example", "origin": "null"}, False),
        ({"host": "mood.example", "origin": ""}, False),
        ({"host": "mood.example", "origin": "https://[::1"}, False),
        ({"host": "x", "origin": "https://huggingface.co"}, True),
        ({"host": "x", "origin": "https://me-mood.hf.space"}, True),
        ({"host": "x", "origin": "https://huggingface.co.evil.example"}, False),
        ({"host": "x", "origin": "https://friend.example"}, True),
    ],
)
def test_pages_that_may_ask(headers, may):
    assert Origins("https://friend.example/").admits(request(**headers)) is may


def test_a_star_lets_all_pages_ask():
    assert Origins("*").admits(request(host="x", origin="https://evil.example"))
