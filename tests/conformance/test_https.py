"""`betterauth conformance https://…`: certificates are checked, and cookies are judged as an https server sets them."""

from __future__ import annotations

import datetime
import ipaddress
import json
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from betterauth_py.cli import main
from betterauth_py.conformance.http_wire import Reply, Request
from betterauth_py.conformance.https import Https, https
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.retargeting import Retargeting
from tests.cli.command import free_port
from tests.conformance.servers import Breakage, better_auth, in_front_of, ours, tls_in_front_of, with_headers

QUICK = ("--only", "sign-in", "--only", "sign-out")


@dataclass(frozen=True)
class Certificate:
    ca: Path
    server: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost that is its own CA."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return Certificate(folder / "ca.pem", server)


def without_prefix(reply: Reply) -> Reply:
    return with_headers(reply, lambda _, value: value.replace("__Secure-", ""))


def without_secure(reply: Reply) -> Reply:
    return with_headers(reply, lambda _, value: value.replace("; Secure", ""))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A server of ours that believes to be at https://localhost:PORT, and that port."""
    port = free_port()
    with ours(tmp_path_factory.mktemp("secured"), called=f"https://localhost:{port}") as url:
        yield url, port


def judged(secured: tuple[str, int], certificate: Certificate, breakage: Breakage | None, *arguments: str) -> int:
    tls = certificate.server
    front = in_front_of(*secured, breakage, tls) if breakage else tls_in_front_of(*secured, tls)
    with front as url:
        return main(["conformance", url, "--json", "--ca-file", str(certificate.ca), *arguments])


def test_this_server_passes_over_https(
    secured: tuple[str, int], certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(secured, certificate, None) == 0, capsys.readouterr().out
    told = json.loads(capsys.readouterr().out)
    assert told["steps"]["passed"] > 500
    assert told["url"].startswith("https://localhost:")


@pytest.mark.parametrize("breakage", [without_prefix, without_secure])
def test_what_is_not_as_https_wants_it_fails(
    breakage: Breakage, secured: tuple[str, int], certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(secured, certificate, breakage, *QUICK) == 1
    assert json.loads(capsys.readouterr().out)["steps"]["failed"] > 0


def test_an_unknown_certificate_is_refused_unless_it_is_not_looked_at(
    secured: tuple[str, int], certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    with tls_in_front_of(*secured, certificate.server) as url:
        assert main(["conformance", url, "--only", "sign-out"]) == 1
        refused = capsys.readouterr().err
        assert "certificate" in refused
        assert "--ca-file" in refused
        assert main(["conformance", url, "--only", "sign-out", "--insecure"]) == 0


@pytest.mark.skipif(shutil.which("node") is None, reason="NOT PLAYED AGAINST better-auth: there is no Node here")
def test_better_auth_on_node_passes_over_https_strictly(
    certificate: Certificate, postgres: EmbeddedPostgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    with better_auth(tmp_path, postgres.database("https"), called=f"https://localhost:{port}") as url:
        assert judged((url, port), certificate, None, "--strict", *QUICK) == 0, capsys.readouterr().out


OVER_HTTPS = Https(https().context, "better-auth.", frozenset({"mine"}))


def test_cookie_names_change_places() -> None:
    sent = OVER_HTTPS.sent(
        Request("GET", "/", (("Cookie", "better-auth.a=1; theme=dark; __Secure-better-auth.b=2; mine.0=3"),))
    )
    assert sent.headers == (("Cookie", "__Secure-better-auth.a=1; theme=dark; better-auth.b=2; __Secure-mine.0=3"),)


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("__Secure-better-auth.a=1; Path=/; Secure; SameSite=Lax", "better-auth.a=1; Path=/; SameSite=Lax"),
        ("__Secure-better-auth.a=1; Secure; SameSite=None", "better-auth.a=1; Secure; SameSite=None"),
        ("theme=dark; Secure", "theme=dark; Secure"),
        ("better-auth.a=1; Secure", "(not __Secure- and Secure) better-auth.a=1; Secure"),
        ("__Secure-better-auth.a=1; Path=/", "(not __Secure- and Secure) __Secure-better-auth.a=1; Path=/"),
    ],
)  # fmt: skip
def test_a_set_cookie_line_is_read_as_over_http(line: str, plain: str) -> None:
    assert OVER_HTTPS.received(Reply(200, (("set-cookie", line),), b"")).headers == (("set-cookie", plain),)


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("Origin: http://localhost:3000", "Origin: https://auth.example.com"),
        ("https://localhost:3000/x", "http://auth.example.com/x"),
        ("?u=http%3A%2F%2Flocalhost%3A3000%2Fa", "?u=https%3A%2F%2Fauth.example.com%2Fa"),
        ("HTTP://LOCALHOST:3000", "HTTPS://AUTH.EXAMPLE.COM"),
        ("http://evil.test", "http://evil.test"),
    ],
)
def test_http_and_https_change_places_before_the_servers_name(said: str, there: str) -> None:
    target = Retargeting("auth.example.com", https=True)
    assert target.there(said) == there
    if said.islower():
        assert target.back(there) == said
