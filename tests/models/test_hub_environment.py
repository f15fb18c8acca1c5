"""What the environment may say of proxies, certificates and tokens, and be wrong."""

from __future__ import annotations

import shutil
import ssl
import subprocess

import pytest

from mood.models import hub_environment
from tests import hub_standin
from tests.models.conftest import FERPLUS, FERPLUS_BYTES


@pytest.fixture(autouse=True)
def no_proxies_of_this_machine(client):
    for name in list(client.environment):
        if name.lower().endswith("_proxy"):
            del client.environment[name]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"ALL_PROXY": "socks5://127.0.0.1:9"}, "ALL_PROXY names a SOCKS proxy"),
        ({"all_proxy": "socks5h://127.0.0.1:9"}, "all_proxy names a SOCKS proxy"),
        ({"HTTPS_PROXY": "ftp://127.0.0.1:9"}, "HTTPS_PROXY names no usable proxy"),
        ({"HTTPS_PROXY": "http://127.0.0.1:port"}, "HTTPS_PROXY names no usable proxy"),
        ({"HTTP_PROXY": "http://"}, "Check HTTP_PROXY or HF_ENDPOINT"),
        ({"http_proxy": "nonsense.invalid"}, "Check http_proxy or HF_ENDPOINT"),
        ({"HF_TOKEN": "hf_gehéim"}, "HF_TOKEN holds no token"),
        ({"SSL_CERT_FILE": "/nowhere.pem"}, "SSL_CERT_FILE cannot be used"),
        ({"SSL_CERT_FILE": __file__, "SSL_CERT_DIR": ""}, "SSL_CERT_FILE cannot be used"),
        ({"SSLKEYLOGFILE": "/nowhere/keys"}, "SSLKEYLOGFILE cannot be used"),
        ({"HF_ENDPOINT": "nonsense"}, "Check HF_ENDPOINT"),
        ({"HF_ENDPOINT": "http://"}, "Check HF_ENDPOINT"),
        ({"HF_ENDPOINT": "http://["}, "HF_ENDPOINT must be an address"),
        ({"HF_ENDPOINT": "http://127.0.0.1:port"}, "HF_ENDPOINT must be an address"),
        ({"HF_HUB_ETAG_TIMEOUT": "soon"}, "HF_HUB_ETAG_TIMEOUT must be a whole number"),
    ],
    ids=str,
)
def test_the_variable_at_fault_is_named_once_and_auto_goes_on(hub, client, environment, words):
    names = ["ferplus", "auto", "ferplus"]
    choices = [{"model": name} for name in names]
    answers = client.run(photos=3, choices=choices, environment=environment)
    for named in answers[::2]:
        assert named["error"] == "WeightsUnavailableError"
        assert words in named["text"]
        assert "on its way" not in named["text"]
    assert (answers[1]["model"], answers[1]["top"]) == ("mini", "happiness")
    assert words in answers[1]["failure"]
    assert client.log.count("not downloaded, next try in 300 s") == 1
    assert "Traceback" not in client.log
    assert "gehéim" not in client.log
    assert hub.requests == []


@pytest.mark.parametrize("hosts", ["[::1]", "[", "::1,fe80::/10", "a b,//", "*"])
def test_an_odd_list_of_hosts_without_a_proxy_is_no_matter(hub, client, hosts):
    (answer,) = client.run(environment={"NO_PROXY": hosts})
    assert answer["model"] == "ferplus"
    assert hub.downloads(FERPLUS.filename) == 1


def test_a_file_with_an_odd_token_is_named(hub, client, tmp_path):
    path = tmp_path / "token"
    path.write_bytes("hf_gehéim".encode())
    (answer,) = client.run(model="ferplus", environment={"HF_TOKEN_PATH": str(path)})
    assert f"The file {path} holds no token" in answer["text"]


@pytest.fixture
def certificate(tmp_path):
    """A key and a certificate for 127.0.0.1 that nobody vouches for, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path / "hub.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hub"
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(path), "-out", str(path)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return path


def test_a_hub_whose_certificate_is_not_trusted_is_asked_once_and_the_variable_is_named(
    client, certificate
):
    with hub_standin.serve({FERPLUS.filename: FERPLUS_BYTES}, certificate=certificate) as hub:
        environment = {"HF_ENDPOINT": hub.url}
        choices = [{"model": name} for name in ("ferplus", "auto", "ferplus")]
        answers = client.run(photos=3, choices=choices, environment=environment)
        for named in answers[::2]:
            assert named["error"] == "WeightsUnavailableError"
            assert "certificate that was shown is not trusted" in named["text"]
            assert "SSL_CERT_FILE" in named["text"]
        assert (answers[1]["model"], answers[1]["top"]) == ("mini", "happiness")
        assert client.log.count("not downloaded, next try in 300 s") == 1
        assert "Traceback" not in client.log
        assert hub.requests == []

        # What the sentence says helps.
        environment["SSL_CERT_FILE"] = str(certificate)
        (answer,) = client.run(model="ferplus", environment=environment)
        assert (answer["model"], answer["source"]) == ("ferplus", "hub")


def test_a_certificate_that_is_not_trusted_is_said_to_be_one():
    error = ConnectionError("the client's own words")
    error.__cause__ = ssl.SSLCertVerificationError(1, "self-signed certificate")
    assert "SSL_CERT_FILE" in hub_environment.connection_fault(error)
