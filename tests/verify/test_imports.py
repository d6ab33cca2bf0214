"""The verifier needs and loads nothing of the server, and is loaded quickly."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SERVER_PARTS = [
    "litestar", "uvicorn", "uvloop", "httptools", "sqlalchemy", "alembic", "asyncpg", "aiosqlite", "argon2", "ada_url",
    "msgspec", "dotenv", "aiosmtplib", "jinja2", "redis", "yaml", "psycopg",
]  # fmt: skip
BLOCKED = f"import sys\nfor name in {SERVER_PARTS}: sys.modules[name] = None\n"


def in_a_new_process(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_import_loads_no_library_but_the_signer() -> None:
    code = """
import json, sys
before = set(sys.modules)
from betterauth_py.verify import *
from betterauth_py.verify.sync import *
loaded = {name.partition('.')[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(loaded - set(sys.stdlib_module_names))))
"""
    assert in_a_new_process(code) == ["betterauth_py", "itsdangerous"]


def test_the_import_takes_less_than_60_milliseconds_of_its_own() -> None:
    # What every service loads anyway is not counted, nor is what the machine does meanwhile.
    code = """
import asyncio, json, logging, time
start = time.process_time()
from betterauth_py.verify import JWT, CookieCache, Database, Redis, Remote, SessionVerifier, sync
print(time.process_time() - start)
"""
    assert min(in_a_new_process(code) for _ in range(5)) < 0.06


def test_every_way_works_where_no_server_part_is_installed() -> None:
    code = (
        BLOCKED
        + """
import asyncio, json, sqlite3
from betterauth_py.crypto.jwt import encrypt_jwt, sign_jwt
from betterauth_py.crypto.signing import sign_base64
from betterauth_py.verify import *
from betterauth_py.verify import sync
import betterauth_py.verify.jwks, betterauth_py.verify.httpx_transport

SECRET = "x" * 32
row = {"id": "1", "token": "t", "userId": "1", "createdAt": "2026-01-01T00:00:00.000Z"}
session = {**row, "updatedAt": row["createdAt"], "expiresAt": "2999-01-01T00:00:00.000Z"}
user = {**session, "email": "a@example.com", "name": "A"}
payload = {"session": session, "user": user, "updatedAt": 1}
now = 32503680000
cookie = {
    "jwt": sign_jwt(payload, SECRET, 60, now),
    "jwe": encrypt_jwt(payload, SECRET, "better-auth-session", 60, now),
}
signed = "better-auth.session_token=t." + sign_base64(SECRET, "t").replace("+", "%2B")
database = sqlite3.connect(":memory:", check_same_thread=False)
columns = "id, token, user_id, expires_at, created_at, updated_at, ip_address, user_agent"
database.execute(f'CREATE TABLE "session" ({columns})')
database.execute('CREATE TABLE "user" (id, name, email, email_verified, image, created_at, updated_at)')
database.execute("INSERT INTO \\"session\\" VALUES ('1', 't', '1', '2999-01-01T00:00:00Z', 0, 0, '', '')")
database.execute("INSERT INTO \\"user\\" VALUES ('1', 'A', 'a@example.com', 1, NULL, 0, 0)")

class Store:
    def get(self, key):
        return json.dumps(payload)

token = "eyJraWQiOiJ4IiwiYWxnIjoiRWREU0EifQ.x.x"

async def main():
    known = []
    for strategy in cookie:
        source = CookieCache(secret=SECRET, strategy=strategy)
        headers = {"cookie": f"{signed}; better-auth.session_data={cookie[strategy]}"}
        known.append((await SessionVerifier(source).verify(headers)).user.email)
    for source in (Database(database, secret=SECRET), Redis(Store(), secret=SECRET)):
        known.append((await SessionVerifier(source).verify({"cookie": signed})).user.email)
    for source in (Remote("http://127.0.0.1:9"), JWT("http://127.0.0.1:9")):
        try:
            await SessionVerifier(source).verify({"cookie": signed, "authorization": f"Bearer {token}"})
        except VerificationUnavailableError as error:
            known.append(error.status)
    known.append(sync.SessionVerifier(sync.Database(database, secret=SECRET)).verify({"cookie": signed}).user.email)
    print(json.dumps(known))

asyncio.run(main())
"""
    )
    email = "a@example.com"
    assert in_a_new_process(code) == [email, email, email, email, 503, 503, email]
