"""A plugin made with everything that ``betterauth_py.plugins`` gives the author of one.

``contracts/oracle/functions/probe.mjs`` is the same plugin, made with what better-auth 1.7.25 gives. The scenarios
``plugin-*.yaml`` play on both.
"""

from __future__ import annotations

from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.conformance.functions.probe.answers import ProbeErrors
from betterauth_py.conformance.functions.probe.endpoints import ENDPOINTS
from betterauth_py.conformance.functions.probe.hooks import (
    answer_first,
    before_user,
    on_request,
    on_response,
    show_answer,
    show_name,
    welcome,
)
from betterauth_py.plugins import (
    Contributions,
    DatabaseHooksOptions,
    EndpointContext,
    Field,
    FieldReference,
    Hook,
    Model,
    PathRule,
    Plugin,
    RateLimitRule,
    RowHooks,
    TableHooks,
)

Context = EndpointContext[Any, Any]
NOTE = Model(
    name="probeNote",
    fields={
        "title": Field(),
        "size": Field(type="number", required=False),
        "ownerId": Field(index=True, references=FieldReference(model="user", field="id")),
        "createdAt": Field(type="date"),
        "state": Field(required=False, default_value="new"),
    },
)
USER_COLUMNS = {
    "probeRank": Field(type="number", required=False, input=False),
    "probeColor": Field(required=False, default_value="red"),
    "probeHidden": Field(required=False, returned=False),
}


def functions(mails: MailCollector) -> dict[str, Any]:
    """The table of names."""

    async def after_user(user: dict[str, Any], ctx: Context | None) -> None:
        path = ctx.path if ctx is not None else None
        origins = ctx is not None and "https://probe.example" in ctx.auth.static_origins
        mails.append({"kind": "probe-created", "rank": user["probeRank"], "path": path, "origins": origins})

    hooks = DatabaseHooksOptions(user=TableHooks(create=RowHooks(before=before_user, after=after_user)))
    return {
        "probe": Plugin(
            id="probe",
            endpoints=ENDPOINTS,
            schema={"probeNote": NOTE},
            columns={"user": USER_COLUMNS},
            before=[
                Hook(paths=["/probe/hooked"], matcher=lambda ctx: "x-first" in ctx.headers, handler=answer_first),
                Hook(paths=["/probe/hooked"], handler=show_name),
            ],
            after=[
                Hook(paths=["/probe/hooked"], handler=show_answer),
                Hook(paths=["/sign-up/email"], handler=welcome),
            ],
            error_codes=ProbeErrors,
            rate_limit=[
                PathRule(matcher=lambda path: path == "/probe/headers", rule=RateLimitRule(window=60, max=2)),
                PathRule(matcher=lambda path: path.startswith("/probe/knock"), rule=RateLimitRule(window=60, max=1)),
            ],
            on_request=on_request,
            on_response=on_response,
            setup=lambda _: Contributions(database_hooks=hooks, trusted_origins=["https://probe.example"]),
        )
    }
