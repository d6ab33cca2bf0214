"""PostgreSQL over TLS with passwords: a self-signed certificate, and the servers that show it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.store.pooler import pgbouncer

PASSWORD = "p@ss/w:rd?#[]%+ &=é"
DATABASE = "behindtls"


def write_certificate(folder: Path) -> None:
    """Write server.crt and server.key for localhost, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.key").write_bytes(private)
    (folder / "server.key").chmod(0o600)


@contextmanager
def postgres_with_tls() -> Iterator[tuple[int, Path]]:
    """The port and the certificate of Debian's PostgreSQL; the wheel's is built without TLS."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        pytest.skip(
            "TLS WAS TESTED AGAINST PGBOUNCER ONLY: no /usr/lib/postgresql (Debian: apt-get install postgresql)"
        )
    owner = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="betterauth-tls-"))
    if owner is not None:
        shutil.chown(folder, owner)
    data = folder / "data"
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    initdb: list[str | Path] = [programs[-1].with_name("initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256"]
    subprocess.run(
        [*initdb, "-N", "-E", "UTF8", "--pwfile", folder / "password"], user=owner, check=True, capture_output=True
    )
    write_certificate(data)
    for file in ("server.crt", "server.key"):
        if owner is not None:
            shutil.chown(data / file, owner)
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\nlocal all all trust\n")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    options = f"-c ssl=on -c fsync=off -c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    control: list[str | Path] = [programs[-1].with_name("pg_ctl"), "-w", "-D", data, "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], user=owner, check=True, stdout=subprocess.DEVNULL, timeout=30)
    try:
        create: list[str | Path] = [programs[-1].with_name("createdb"), "-h", folder, "-p", str(port)]
        subprocess.run([*create, "-U", "postgres", DATABASE], check=True, capture_output=True, cwd="/")
        yield port, data / "server.crt"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], user=owner, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


@contextmanager
def pgbouncer_with_tls(postgresql_url: str) -> Iterator[tuple[int, Path]]:
    """The port and the certificate of a PgBouncer, as a Neon-like proxy that asks for TLS and a password."""
    folder = Path(tempfile.mkdtemp(prefix="betterauth-tls-"))
    folder.chmod(0o755)
    write_certificate(folder)
    (folder / "server.key").chmod(0o644)
    settings = {
        "pool_mode": "session",
        "auth_type": "scram-sha-256",
        "client_tls_sslmode": "require",
        "client_tls_key_file": str(folder / "server.key"),
        "client_tls_cert_file": str(folder / "server.crt"),
        "ignore_startup_parameters": "jit",
    }
    try:
        with pgbouncer(postgresql_url, settings, users=f'"postgres" "{PASSWORD}"') as port:
            yield port, folder / "server.crt"
    finally:
        shutil.rmtree(folder)
