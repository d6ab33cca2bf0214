"""A provider's cases: its file's own, and the shared ones laid over what the file says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from hashlib import sha256
from pathlib import Path
from re import split
from typing import Any

import yaml

from tests.oauth import shared_cases as shared
from tests.oauth.signing import public_keys, sign
from tests.oauth.world import NOW

FOLDER = Path(__file__).parent
CASES = FOLDER / "cases"
RECORDINGS = FOLDER / "recordings"
PROVIDERS = sorted(str(path.relative_to(CASES).with_suffix("")) for path in CASES.rglob("*.yaml"))
GROUPS = ("authorize", "exchange", "refresh", "sign_in", "id_token")
_SECONDS = int(NOW.timestamp())

Case = dict[str, Any]


@cache
def cases_of(provider: str) -> dict[str, Case]:
    """Return all cases of a provider by their names."""
    file = yaml.safe_load((CASES / f"{provider}.yaml").read_text(encoding="utf-8"))
    left_out = set(file.get("leave_out", ()))
    cases = {name: case for name, case in _all(file) if name not in left_out}
    if provider.startswith("generic-oauth/"):
        cases = {name: shared.for_generic(case) for name, case in cases.items() if shared.suits_generic(case)}
    for name, intended in file.get("intended", {}).items():
        cases[name]["intended"] = intended
    return {name: _complete(provider, file, case) for name, case in cases.items()}


def digest(case: Case) -> str:
    """Return what tells whether a recording is of this case as it is now."""
    text = json.dumps({name: part for name, part in case.items() if name != "intended"}, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:12]


def _all(file: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    for name, case in shared.AUTHORIZE.items():
        yield f"authorize: {name}", {"call": "authorize", **case}
    for call in ("exchange", "refresh"):
        yield from _token_cases(call)
    for name, case in shared.EXCHANGE_OPTIONS.items():
        yield f"exchange: {name}", {"call": "exchange", **case}
    for name, case in shared.REFRESH_OPTIONS.items():
        yield f"refresh: {name}", {"call": "refresh", **case}
    for name, case in shared.USER_OPTIONS.items():
        yield f"sign_in: {name}", {"call": "sign_in", **case}
    yield "sign_in: no access token", {"call": "sign_in", "change": {"0.access_token": shared.ABSENT}, **_refused(file)}
    for index in range(1, len(file["answers"])):
        yield from _profile_cases(file, index)
    for field, paths in file["fields"].items():
        for path in paths if isinstance(paths, list) else [paths]:
            yield from _field_cases(file, field, path)
    yield from _id_token_cases(file)
    for name, case in file.get("cases", {}).items():
        yield f"{case['call']}: {name}", case


def _token_cases(call: str) -> Iterator[tuple[str, Case]]:
    for name, answer in shared.TOKEN_ANSWERS.items():
        yield f"{call}: answer: {name}", {"call": call, "replace": {0: answer}}
    for name, label in shared.LABELS.items():
        yield f"{call}: answer: {name}", {"call": call, "label": {0: label}}
    for name, changes in shared.TOKEN_CHANGES.items():
        yield f"{call}: answer: {name}", {"call": call, "change": {f"0.{key}": value for key, value in changes.items()}}


def _profile_cases(file: dict[str, Any], index: int) -> Iterator[tuple[str, Case]]:
    about = f"sign_in: answer {index}"
    sign_in = {"call": "sign_in", "change": _asked_when(file, index)}
    for name, answer in shared.PROFILE_ANSWERS.items():
        yield f"{about}: {name}", {**sign_in, "replace": {index: answer}}
    refused = {} if index in file.get("optional", ()) else {"refused": True}
    for name, answer in shared.NO_PROFILE.items():
        yield f"{about}: {name}", {**sign_in, "replace": {index: answer}, **refused}
    for name, label in shared.LABELS.items():
        yield f"{about}: {name}", {**sign_in, "label": {index: label}}


def _field_cases(file: dict[str, Any], field: str, path: str) -> Iterator[tuple[str, Case]]:
    where = path.partition(".")[0]
    when = _asked_when(file, int(where)) if where.isdecimal() else {}
    values = shared.SUBJECTS if field == "subject" else shared.FIELD_VALUES
    for name, value in values.items():
        yield f"sign_in: {field}: {path}: {name}", {"call": "sign_in", "change": {**when, path: value}}
    for name, value in (shared.NO_SUBJECTS if field == "subject" else {}).items():
        case = {"call": "sign_in", "change": {**when, path: value}, "no_subject": True}
        yield f"sign_in: {field}: {path}: {name}", case


def _asked_when(file: dict[str, Any], index: int) -> dict[str, Any]:
    """Return the changes without which nobody asks for this answer."""
    changes: dict[str, Any] = file.get("asked_when", {}).get(index, {})
    return changes


def _id_token_cases(file: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    if "verifies" in file:
        for name, answer in {**shared.PROFILE_ANSWERS, **shared.NO_PROFILE}.items():
            yield f"id_token: answer: {name}", {"call": "id_token", "replace": {len(file["answers"]): answer}}
        return
    if "keys" not in file:
        yield "id_token: unsupported", {"call": "id_token", "request": {"token": "a.b.c"}}
        return
    for name, case in shared.ID_TOKENS.items():
        yield f"id_token: {name}", {"call": "id_token", **case}
    for name, answer in shared.KEY_ANSWERS.items():
        yield f"id_token: keys: {name}", {"call": "id_token", "keys": answer}


def _refused(file: dict[str, Any]) -> Case:
    """Mark a sign-in without access token as refused, where the profile is asked for with it."""
    return {"refused": True} if set(range(1, len(file["answers"]))) - set(file.get("optional", ())) else {}


def _complete(provider: str, file: dict[str, Any], case: Case) -> Case:
    """Return a case with everything that is needed to play it."""
    options = {**file["options"], **case.get("options", {})}
    answers = deepcopy([*file["answers"], *([file["verifies"]] if "verifies" in file else [])])
    if case["call"] == "refresh" and "refresh" in file:
        answers[0]["request"] = file["refresh"]
    claims = deepcopy(file.get("id_token"))
    for index, answer in case.get("replace", {}).items():
        answers[index] = {"request": answers[index]["request"], **answer}
    for index, label in case.get("label", {}).items():
        answers[index]["type"] = label
    discovery = deepcopy(file.get("discovery", {}))
    for path, value in case.get("change", {}).items():
        where, _, rest = path.partition(".")
        named = {"id_token": claims, "discovery": discovery.get("json")}
        _change(named[where] if where in named else answers[int(where)]["json"], _steps(rest), value)
    request = {
        "state": "state-of-this-request",
        "codeVerifier": "verifier-" * 8,
        "redirectURI": f"http://localhost:3000/api/auth/callback/{provider}",
        "code": "code-of-this-request",
        "refreshToken": "refresh-token",
        **case.get("request", {}),
    }
    if claims is not None:
        token = _token(claims, case)
        answers = json.loads(json.dumps(answers).replace('"$id_token"', json.dumps(token)))
        if case["call"] == "id_token":
            request.setdefault("token", case.get("token", token))
    if "keys" in file:
        answers.append({"request": f"GET {file['keys']}", **case.get("keys", {"json": {"keys": public_keys()}})})
    if discovery:
        answers.append({"request": discovery["request"], **(case.get("discovery") or {"json": discovery["json"]})})
    return {
        "call": case["call"],
        "options": {name: value for name, value in options.items() if value is not None},
        "request": request,
        "answers": [_written(answer) for answer in answers],
        **{name: case[name] for name in ("refused", "no_subject", "intended") if name in case},
    }


def _token(claims: dict[str, Any], case: Case) -> str:
    times = {"iat": 0, "exp": 3600, **case.get("times", {})}
    whole = {**{name: _SECONDS + seconds for name, seconds in times.items()}, **claims}
    for name, value in case.get("claims", {}).items():
        _change(whole, [name], value)
    return sign(whole, header=case.get("header"), key=case.get("key", "signing"))


def _steps(path: str) -> list[str]:
    return [step.replace("\\.", ".") for step in split(r"(?<!\\)\.", path)]


def _change(holder: Any, path: list[str], value: Any) -> None:
    for step in path[:-1]:
        holder = holder[int(step) if isinstance(holder, list) else step]
    key: Any = int(path[-1]) if isinstance(holder, list) else path[-1]
    if value == shared.ABSENT:
        holder.pop(key, None)
    else:
        holder[key] = value


def _written(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as bytes (as text of Latin-1) and headers."""
    if answer.get("fails"):
        return {"request": answer["request"], "fails": True}
    is_json = "json" in answer
    body = json.dumps(answer["json"], ensure_ascii=False, separators=(",", ":")) if is_json else answer.get("text", "")
    label = answer.get("type", "application/json" if is_json else "text/plain")
    headers = {**({"content-type": label} if label else {}), **answer.get("headers", {})}
    status = answer.get("status", 200)
    return {"request": answer["request"], "status": status, "headers": headers, "body": body.encode().decode("latin-1")}
