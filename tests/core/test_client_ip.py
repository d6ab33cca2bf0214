"""Whose address counts: the connection's, or what a trusted proxy says; embedded, what the headers say."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from betterauth_py.assembly.options import load_options
from betterauth_py.assembly.sources import with_service_defaults
from betterauth_py.core.client_ip import ClientIpResolver
from betterauth_py.crypto.random import generate_id
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import IpAddressOptions
from betterauth_py.options.environment import with_environment
from betterauth_py.wire.headers import RequestHeaders
from tests.conftest import MakeAuth
from tests.http.client import Client

CLIENT, OTHER = "203.0.113.7", "198.51.100.9"
STANDALONE = {"advanced": {"ip_address": {"use_connection": True}}}


def resolver(**options: Any) -> ClientIpResolver:
    return ClientIpResolver(IpAddressOptions(**{"use_connection": True, **options}), in_production=True)


def resolve(peer: str | None, *headers: tuple[str, str], **options: Any) -> str | None:
    return resolver(**options).resolve(RequestHeaders(headers), peer)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (OTHER, None, OTHER),
        (OTHER, CLIENT, OTHER),
        (OTHER, "127.0.0.1", OTHER),
        ("10.0.0.2", CLIENT, "10.0.0.2"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", CLIENT, CLIENT),
        ("::1", CLIENT, CLIENT),
        ("::ffff:127.0.0.1", CLIENT, CLIENT),
        (None, CLIENT, CLIENT),
        (None, None, None),
        ("127.0.0.1", f"1.1.1.1, {CLIENT}", CLIENT),
        ("127.0.0.1", f"1.1.1.1, {CLIENT}, 127.0.0.1", CLIENT),
        ("127.0.0.1", f"{CLIENT}:8080", CLIENT),
        ("127.0.0.1", "[2001:db8::1]:443", "2001:0db8:0000:0000:0000:0000:0000:0000"),
        ("127.0.0.1", "[2001:db8::1]", "2001:0db8:0000:0000:0000:0000:0000:0000"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", f"{CLIENT}, unknown", "127.0.0.1"),
        ("127.0.0.1", f"unknown, {CLIENT}", CLIENT),
        ("127.0.0.1", "127.0.0.5, 127.0.0.1", "127.0.0.5"),
        ("127.0.0.1", " , ", "127.0.0.1"),
        ("127.0.0.1", "x" * 5_000, "127.0.0.1"),
        ("fe80::1%eth0", CLIENT, "fe80:0000:0000:0000:0000:0000:0000:0000"),
    ],
)
def test_a_standalone_server_believes_only_trusted_proxies(
    peer: str | None, forwarded: str | None, address: str | None
) -> None:
    assert resolve(peer, *([("x-forwarded-for", forwarded)] if forwarded is not None else [])) == address


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "172.18.0.2", "192.168.7.7", "fd00::2", "::ffff:172.18.0.2"])
def test_the_word_private_trusts_the_networks_of_containers(peer: str) -> None:
    assert resolve(peer, ("x-forwarded-for", f"1.1.1.1, {CLIENT}, 10.0.0.9"), trusted_proxies=["private"]) == CLIENT
    assert resolve(OTHER, ("x-forwarded-for", CLIENT), trusted_proxies=["private"]) == OTHER


def test_two_forwarded_headers_are_one_chain() -> None:
    assert resolve("127.0.0.1", ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", CLIENT)) == CLIENT


@pytest.mark.parametrize("name", ["x-real-ip", "cf-connecting-ip"])
def test_another_header_counts_where_the_option_names_it(name: str) -> None:
    headers = [(name, CLIENT), ("x-forwarded-for", "1.1.1.1")]
    assert resolve("127.0.0.1", *headers, ip_address_headers=[name]) == CLIENT
    assert resolve(OTHER, *headers, ip_address_headers=[name]) == OTHER
    assert resolve("127.0.0.1", ("x-forwarded-for", "1.1.1.1"), ip_address_headers=[name]) == "127.0.0.1"


def test_a_chain_of_any_length_is_read_from_its_end() -> None:
    chain = ", ".join(["1.1.1.1"] * 10_000 + [CLIENT, "127.0.0.1"])
    assert resolve("127.0.0.1", ("x-forwarded-for", chain)) == CLIENT


def test_an_embedded_auth_reads_headers_as_better_auth_does() -> None:
    embedded = {"use_connection": False}
    assert resolve(OTHER, ("x-forwarded-for", CLIENT), **embedded) == CLIENT
    assert resolve(OTHER, ("x-forwarded-for", f"1.1.1.1, {CLIENT}"), **embedded) is None
    assert resolve(OTHER, **embedded) is None


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_the_log_names_a_proxy_that_is_not_trusted_once(caplog: pytest.LogCaptureFixture) -> None:
    found = resolver()
    for _ in range(3):
        assert found.resolve(RequestHeaders([("x-forwarded-for", CLIENT)]), "172.18.0.2") == "172.18.0.2"
        # Anybody on the internet can send the header: that says nothing.
        assert found.resolve(RequestHeaders([("x-forwarded-for", CLIENT)]), "8.8.8.8") == "8.8.8.8"
    (message,) = warnings(caplog)
    assert "Ignored x-forwarded-for from 172.18.0.2" in message
    assert "advanced.ip_address.trusted_proxies" in message


def test_the_log_names_the_header_that_a_trusted_proxy_sends_instead(caplog: pytest.LogCaptureFixture) -> None:
    found = resolver()
    for _ in range(3):
        assert found.resolve(RequestHeaders([("x-real-ip", CLIENT)]), "127.0.0.1") == "127.0.0.1"
    (message,) = warnings(caplog)
    assert "sends x-real-ip, but no x-forwarded-for" in message
    assert "advanced.ip_address.ip_address_headers" in message


def test_production_without_any_address_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    found = resolver(use_connection=False, ip_address_headers=["x-real-ip"])
    for _ in range(3):
        assert found.resolve(RequestHeaders([("x-forwarded-for", CLIENT)]), OTHER) is None
    (message,) = warnings(caplog)
    assert "no usable x-real-ip" in message
    assert "advanced.ip_address.ip_address_headers" in message
    assert "advanced.ip_address.trusted_proxies" in message


def test_the_warnings_of_a_process_are_few(caplog: pytest.LogCaptureFixture) -> None:
    found = resolver()
    for last in range(200):
        found.resolve(RequestHeaders([("x-forwarded-for", CLIENT)]), f"10.0.0.{last}")
    assert len(warnings(caplog)) == 10


@pytest.mark.parametrize("entry", ["public", "10.0.0.0/", "10.0.0.0/33", "10.0.0", "fe80::1%eth0", ""])
def test_nonsense_among_the_proxies_stops_the_start(entry: str) -> None:
    with pytest.raises(ConfigurationError, match=r"advanced\.ip_address\.trusted_proxies.*loopback and private"):
        resolver(trusted_proxies=[entry])


def test_the_service_uses_connections_unless_told_otherwise() -> None:
    assert load_options(with_service_defaults({})).advanced.ip_address.use_connection
    said = {"advanced": {"ip_address": {"use_connection": False, "ipv6_subnet": 56}, "cookie_prefix": "x"}}
    kept = load_options(with_service_defaults(said)).advanced
    assert (kept.ip_address.use_connection, kept.ip_address.ipv6_subnet, kept.cookie_prefix) == (False, 56, "x")
    assert not load_options({}).advanced.ip_address.use_connection


def test_the_environment_names_the_proxies() -> None:
    env = {"BETTER_AUTH_TRUSTED_PROXIES": "private, 203.0.113.0/24"}
    said = {"advanced": {"ip_address": {"trusted_proxies": ["10.0.0.0/8"]}}}
    service = load_options(with_environment(said, env, environment_wins=True))
    assert service.advanced.ip_address.trusted_proxies == ["private", "203.0.113.0/24"]
    embedded = load_options(with_environment(said, env, environment_wins=False))
    assert embedded.advanced.ip_address.trusted_proxies == ["10.0.0.0/8"]
    assert load_options(with_environment({}, env, environment_wins=False)).advanced.ip_address.trusted_proxies


async def test_a_new_forwarded_address_for_each_try_is_no_way_around_the_limit(make_auth: MakeAuth) -> None:
    auth = await make_auth(rate_limit={"enabled": True}, **STANDALONE)
    stranger = Client(auth.app, peer=OTHER)
    wrong = {"email": "alice@example.com", "password": "wrong password"}
    replies = [
        await stranger.post("/api/auth/sign-in/email", wrong, {"x-forwarded-for": f"203.0.113.{last}"})
        for last in range(5)
    ]
    assert [reply.status for reply in replies] == [401, 401, 401, 429, 429]
    # Nobody else is refused because of it.
    neighbour = Client(auth.app, peer="198.51.100.10")
    assert (await neighbour.post("/api/auth/sign-in/email", wrong)).status == 401


async def test_a_connection_that_is_gone_is_no_socket_of_this_machine(make_auth: MakeAuth) -> None:
    # Uvicorn knows no address of somebody who resets the connection in time.
    auth = await make_auth(
        base_url="https://auth.example.com",
        rate_limit={"enabled": True, "window": 60, "max": 2},
        **STANDALONE,
    )

    async def statuses(server: tuple[str, int | None]) -> list[int]:
        client = Client(auth.app, peer=None, server=server)
        paths = (("/api/auth/ok", {"x-forwarded-for": f"203.0.113.{last}"}) for last in range(4))
        return [(await client.get(path, headers)).status for path, headers in paths]

    assert await statuses(("127.0.0.1", 3000)) == [200, 200, 429, 429]
    # Behind a Unix socket is a proxy, which is believed.
    assert await statuses(("/run/auth.sock", None)) == [200] * 4


async def test_a_session_knows_the_address_behind_two_proxies(make_auth: MakeAuth) -> None:
    auth = await make_auth(**STANDALONE)
    client = Client(auth.app)
    body = {"name": "Alice", "email": "alice@example.com", "password": "correct horse"}
    await client.post("/api/auth/sign-up/email", body, {"x-forwarded-for": f"1.1.1.1, {CLIENT}, 127.0.0.1"})
    session = (await client.get("/api/auth/get-session")).json()["session"]
    assert session["ipAddress"] == CLIENT


def subnet(number: int, site: str = "2001:db8:abcd") -> str:
    return f"{site}:{number:x}::1"


async def test_subnets_of_one_site_are_counted_together_more_loosely(make_auth: MakeAuth) -> None:
    auth = await make_auth(rate_limit={"enabled": True, "max": 2}, **STANDALONE)
    same = [(await Client(auth.app, peer=f"2001:db8:abcd:1::{n}").get("/api/auth/ok")).status for n in range(1, 5)]
    assert same == [200, 200, 429, 429]
    others = [(await Client(auth.app, peer=subnet(n)).get("/api/auth/ok")).status for n in range(2, 32)]
    assert others == [200] * 18 + [429] * 12
    assert (await Client(auth.app, peer=subnet(1, "2001:db8:ffff")).get("/api/auth/ok")).status == 200


@pytest.mark.parametrize("storage", ["memory", "database"])
async def test_paths_of_strangers_are_no_keys_without_bound(make_auth: MakeAuth, postgres: Any, storage: str) -> None:
    url = postgres.database(f"limits_{generate_id(8).lower()}")
    auth = await make_auth(rate_limit={"enabled": True, "storage": storage}, database={"url": url})
    client = Client(auth.app)
    lengths = (50, 3_000, 7_000, 16_000)
    statuses = [(await client.get(f"/api/auth/{'x' * length}{n}")).status for length in lengths for n in range(40)]
    # The long ones count as one path.
    assert statuses == [404] * 140 + [429] * 20


async def test_all_reset_tokens_count_as_one_path(make_auth: MakeAuth) -> None:
    auth = await make_auth(rate_limit={"enabled": True, "max": 5})
    client = Client(auth.app)
    statuses = [(await client.get(f"/api/auth/reset-password/{n}?callbackURL=/")).status for n in range(8)]
    assert statuses == [302] * 5 + [429] * 3


@pytest.mark.parametrize(
    ("peer", "origin"), [("127.0.0.1", "https://auth.example.com"), (OTHER, "http://a.example.com")]
)
async def test_forwarded_hosts_and_schemes_count_from_trusted_proxies_only(
    make_auth: MakeAuth, peer: str, origin: str
) -> None:
    mailed: list[str] = []
    auth = await make_auth(
        base_url={"allowed_hosts": ["*.example.com"]},
        advanced={"trusted_proxy_headers": True, **STANDALONE["advanced"]},
        email_and_password={"send_reset_password": lambda data, _: mailed.append(data["url"])},
    )
    client = Client(auth.app, peer=peer, host="a.example.com")
    forwarded = {"x-forwarded-host": "auth.example.com", "x-forwarded-proto": "https"}
    body = {"name": "Alice", "email": "alice@example.com", "password": "correct horse"}
    headers = [("content-type", "application/json"), *forwarded.items()]
    assert (await client.send("POST", "/api/auth/sign-up/email", headers, json.dumps(body).encode())).status == 200
    client.cookies.clear()
    request = json.dumps({"email": "alice@example.com"}).encode()
    assert (await client.send("POST", "/api/auth/request-password-reset", headers, request)).status == 200
    await asyncio.sleep(0.05)
    assert mailed[0].startswith(f"{origin}/api/auth/reset-password/")
