"""`betterauth client-fields`: the module that it writes, and what TypeScript infers from it with the real client."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from betterauth_py import BetterAuth
from betterauth_py.assembly.options import load_options
from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.options.client_fields import client_fields
from tests.cli.command import ROOT, run

CONFIG = """
[user.additional_fields]
plan = { type = ["free", "paid"], required = true }
nickname = { type = "string", required = false }
lang = { type = "string", default_value = "en" }
bornAt = { type = "date", required = false }
since = { type = "date", default_value = 1970-01-01T00:00:00Z }
tags = { type = "string[]", required = false }
role = { type = "string", input = false, default_value = "member" }
secret = { type = "string", required = false, returned = false }
internal = { type = "string", required = false, returned = false, input = false }
"odd-name" = { type = "json", required = false }

[session.additional_fields]
device = { type = "string", required = false }
"""

MODULE = """\
// Written by `betterauth client-fields`. Do not edit: change the server's options and write it again.
import { inferAdditionalFields } from "better-auth/client/plugins";

export const additionalFields = inferAdditionalFields({
  user: {
    plan: { type: ["free", "paid"], required: true },
    nickname: { type: "string", required: false },
    lang: { type: "string", defaultValue: "en" },
    bornAt: { type: "date", required: false },
    since: { type: "date", defaultValue: new Date("1970-01-01T00:00:00.000+00:00") },
    tags: { type: "string[]", required: false },
    role: { type: "string", input: false, defaultValue: "member" },
    secret: { type: "string", required: false, returned: false },
    "odd-name": { type: "json", required: false },
  },
  session: {
    device: { type: "string", required: false },
  },
});
"""

APPLICATION = """\
import { createAuthClient } from "better-auth/client";
import { additionalFields } from "./fields";

const client = createAuthClient({ plugins: [additionalFields] });
const ada = { name: "Ada", email: "ada@example.com", password: "correct horse" };
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type User = typeof client.$Infer.Session.user;
type Session = typeof client.$Infer.Session.session;

const types: [
  Same<User["plan"], "free" | "paid">,
  Same<User["lang"], string>,
  Same<User["since"], Date>,
  Same<User["role"], string>,
  Same<User["nickname"], string | null | undefined>,
  Same<User["bornAt"], Date | null | undefined>,
  Same<User["tags"], string[] | null | undefined>,
  Same<Session["device"], string | null | undefined>,
  Same<"secret" extends keyof User ? true : false, false>,
] = [true, true, true, true, true, true, true, true, true];

void client.signUp.email({ ...ada, plan: "paid" });
void client.signUp.email({ ...ada, plan: "free", lang: "de", since: new Date(), secret: "x", "odd-name": { a: 1 } });
void client.updateUser({ nickname: null, bornAt: new Date() });
// @ts-expect-error: it is needed
void client.signUp.email(ada);
// @ts-expect-error: one of two
void client.signUp.email({ ...ada, plan: "gold" });
// @ts-expect-error: no text
void client.signUp.email({ ...ada, plan: "free", bornAt: "1990-05-17" });
// @ts-expect-error: not for clients
void client.updateUser({ role: "admin" });
export { types };
"""


def test_it_writes_prints_and_checks_the_module(tmp_path: Path) -> None:
    (tmp_path / "betterauth.toml").write_text(CONFIG, encoding="utf-8")
    missing = run(tmp_path, "client-fields", "fields.ts", "--check")
    assert (missing.returncode, missing.stdout) == (
        1, "fields.ts is out of date. Run: betterauth client-fields fields.ts\n",
    )  # fmt: skip
    printed, written = run(tmp_path, "client-fields"), run(tmp_path, "client-fields", "fields.ts")
    assert (printed.stdout, written.stdout, (tmp_path / "fields.ts").read_text()) == (MODULE, "", MODULE)
    assert run(tmp_path, "client-fields", "fields.ts", "--check").returncode == 0
    refused = run(tmp_path, "client-fields", "nowhere/fields.ts")
    assert (refused.returncode, refused.stderr) == (1, "betterauth: nowhere/fields.ts: No such file or directory.\n")


def test_typescript_infers_the_fields(tmp_path: Path) -> None:
    install()
    modules = ROOT / "contracts" / "oracle" / "node_modules"
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "fields.ts").write_text(MODULE, encoding="utf-8")
    (tmp_path / "application.ts").write_text(APPLICATION, encoding="utf-8")
    settings = "--strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --lib es2023,dom"
    command = [str(modules / ".bin" / "tsc"), "--noEmit", *settings.split(), "application.ts"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.stdout, checked.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ({"type": "number"}, '{ type: "number" }'),
        ({"type": "number", "default_value": lambda: 5}, '{ type: "number", defaultValue: 0 }'),
        ({"type": "boolean", "default_value": False}, '{ type: "boolean", defaultValue: false }'),
        ({"type": "json", "default_value": dict}, '{ type: "json", required: false }'),
        ({"type": ["a", "b"], "default_value": str}, '{ type: ["a", "b"], defaultValue: "a" }'),
        (
            {"type": "date", "default_value": datetime(2030, 1, 2, tzinfo=UTC)},
            '{ type: "date", defaultValue: new Date("2030-01-02T00:00:00.000+00:00") }',
        ),
    ],
)
def test_defaults_are_written_as_values_that_the_types_know(field: dict[str, object], written: str) -> None:
    options = load_options({"user": {"additional_fields": {"own": field}}})
    assert f"    own: {written},\n" in client_fields(options)


def test_code_gets_the_same() -> None:
    user = {"additional_fields": {"plan": {"type": ["free", "paid"], "required": True}}}
    auth = BetterAuth(secret="s" * 32, database={"url": "sqlite://"}, environment="test", user=user)
    assert '    plan: { type: ["free", "paid"], required: true },' in auth.client_fields()
