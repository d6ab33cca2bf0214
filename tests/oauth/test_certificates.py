"""A server that is not the provider it says it is: another name, or a certificate that nobody has signed."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from betterauth_py.core.http_client import make_http_client
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.http import ProviderClient


def certificate(folder: Path, name: x509.GeneralName, *, days: int) -> tuple[Path, Path]:
    """Write a certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "provider")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return pem, secret


HERE, ELSEWHERE = x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("github.com")


@pytest.mark.parametrize(
    ("name", "days", "is_trusted", "is_good"),
    [
        (HERE, 30, True, True),
        (HERE, 30, False, False),
        (ELSEWHERE, 30, True, False),
        (HERE, -1, True, False),
    ],
    ids=["good", "signed by nobody", "another's name", "expired"],
)
async def test_only_the_provider_itself_gets_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: x509.GeneralName, days: int, is_trusted: bool, is_good: bool
) -> None:
    pem, key = certificate(tmp_path, name, days=days)
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    async with server, make_http_client() as made:
        client = ProviderClient(lambda: made)
        if is_good:
            assert (await client.send("GET", url, headers={"authorization": "Basic secret"})).status == 200
        else:
            with pytest.raises(OAuthError):
                await client.send("GET", url, headers={"authorization": "Basic secret"})
    assert bool(heads) is is_good
