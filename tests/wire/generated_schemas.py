"""Schemas and values made from a seed, described as JSON so that zod can build the same schemas."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from betterauth_py.javascript.values import utf16_length
from betterauth_py.wire.validation import (
    LOWER,
    TRIM,
    URL,
    UUID,
    Anything,
    Array,
    Boolean,
    Catch,
    Check,
    Checked,
    Default,
    Email,
    EmailAddress,
    EndsWith,
    Integer,
    Intersection,
    Length,
    Matches,
    Maximum,
    MaxLength,
    Minimum,
    MinLength,
    Nothing,
    Nullable,
    Number,
    Object,
    OneOf,
    Optional,
    Pipe,
    Preprocess,
    QueryFlag,
    Record,
    Refine,
    Schema,
    StartsWith,
    String,
    Transform,
    Union,
    Unknown,
    nullish,
)

JUDGE = Path(__file__).with_name("zod_judge.mjs")
SEEDS = range(6)
SCHEMAS_PER_SEED = 150
VALUES_PER_SCHEMA = 12

Description = dict[str, Any]

FUNCTIONS = {
    "length": lambda value: utf16_length(value) if isinstance(value, str) else -1,
    "pair": lambda value: [value, value],
    "single": lambda value: value[0] if isinstance(value, list) and len(value) == 1 else value,
}
ACCEPTS = {"short": lambda value: not isinstance(value, str) or utf16_length(value) < 4, "never": lambda value: False}
UNKNOWN = {"drop": Unknown.DROPPED, "strict": Unknown.REFUSED, "keep": Unknown.KEPT}
TEXTS = [
    "", "a", "ab", "abc", "Abcd", " ab ", "😀", "😀😀", "12", "-1.5", "0x1f", "1e3", "a@b.co", "A@B.CO ", "no email",
    "https://example.com/a b", " https://example.com\n", "example.com", "http:/x", "user:admin", "true",
    "\ufeffx\u00a0", "550e8400-e29b-41d4-a716-446655440000", "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 2.5, -0.5, 100, 1e21, 9007199254740993, 1e-7, 5]
KEYS = ["a", "b", "c", "length", "10"]


def described_schema(random: Random, depth: int) -> Description:
    """A schema of those kinds that better-auth and its plugins use."""
    leaves = [
        "string",
        "string",
        "email",
        "number",
        "boolean",
        "flag",
        "enum",
        "literal",
        "any",
        "undefined",
        "checked",
    ]
    inner_kinds = ["optional", "nullable", "nullish", "default", "catch", "transform", "preprocess", "pipe"]
    kinds = leaves + ["object", "object", "record", "array", "union", "xor", "and", *inner_kinds] * 2
    kind = random.choice(leaves if depth == 0 else kinds)

    def inner() -> Description:
        return described_schema(random, depth - 1)

    match kind:
        case "string" | "number":
            return {"kind": kind, "coerce": random.random() < 0.25}
        case "enum":
            return {"kind": kind, "values": random.sample(["a", "ab", "user:admin", "abc"], random.randint(1, 3))}
        case "literal":
            return {"kind": kind, "value": random.choice(["a", "", 1, 0, True, False, None])}
        case "object":
            fields = {name: inner() for name in random.sample(KEYS[:4], random.randint(0, 3))}
            return {"kind": kind, "fields": fields, "unknown": random.choice(list(UNKNOWN))}
        case "record":
            keys = random.choice([{"kind": "string", "coerce": False}, checked_text(random)])
            return {"kind": kind, "keys": keys, "values": inner()}
        case "array":
            items = {"kind": "array", "items": inner()}
            checks = [random.choice([["min", 1], ["max", 1], ["length", 2], ["nonempty", "at least one"]])]
            return {"kind": "checked", "inner": items, "checks": checks} if random.random() < 0.5 else items
        case "union" | "xor":
            return {"kind": kind, "options": [inner() for _ in range(random.randint(2, 3))]}
        case "and":
            return {"kind": kind, "left": inner(), "right": inner()}
        case "default" | "catch":
            return {"kind": kind, "inner": inner(), "value": random.choice(["d", 0, False])}
        case "transform" | "preprocess":
            return {"kind": kind, "inner": inner(), "change": random.choice(list(FUNCTIONS))}
        case "pipe":
            return {"kind": kind, "first": inner(), "second": inner()}
        case "checked":
            return random.choice([checked_text, checked_number])(random)
        case "optional" | "nullable" | "nullish":
            wrapped = {"kind": kind, "inner": inner()}
            refine = ["refine", [random.choice(list(ACCEPTS)), {"message": "refused", "path": ["there"]}]]
            return {"kind": "checked", "inner": wrapped, "checks": [refine]} if random.random() < 0.2 else wrapped
        case _:
            return {"kind": kind}


def checked_text(random: Random) -> Description:
    possible: list[list[Any]] = [
        ["min", 2], ["max", 3], ["length", 3], ["nonempty", "is empty"], ["email", None], ["uuid", None], ["url", None],
        ["trim", None], ["lower", None], ["regex", ["^[a-z]+$", None]], ["regex", ["b", "needs b"]],
        ["startsWith", "a"], ["endsWith", "b"], ["refine", ["short", "too long"]],
        ["refine", ["never", {"message": "never", "path": ["x", 0]}]],
    ]  # fmt: skip
    inner = {"kind": "string", "coerce": random.random() < 0.2}
    return {"kind": "checked", "inner": inner, "checks": random.sample(possible, random.randint(1, 3))}


def checked_number(random: Random) -> Description:
    possible: list[list[Any]] = [["int", None], ["gte", 1], ["gt", 0], ["lte", 2.5], ["refine", ["short", None]]]
    inner = {"kind": "number", "coerce": random.random() < 0.4}
    return {"kind": "checked", "inner": inner, "checks": random.sample(possible, random.randint(1, 3))}


def built(it: Description) -> Schema:
    match it["kind"]:
        case "string":
            return String(coerce=it["coerce"])
        case "email":
            return Email()
        case "number":
            return Number(coerce=it["coerce"])
        case "boolean":
            return Boolean()
        case "flag":
            return QueryFlag()
        case "enum":
            return OneOf(tuple(it["values"]))
        case "literal":
            return OneOf((it["value"],))
        case "any":
            return Anything()
        case "undefined":
            return Nothing()
        case "object":
            fields = {name: built(field) for name, field in it["fields"].items()}
            return Object(fields, unknown=UNKNOWN[it["unknown"]])
        case "record":
            return Record(built(it["values"]), built(it["keys"]))
        case "array":
            return Array(built(it["items"]))
        case "checked":
            return Checked(built(it["inner"]), tuple(built_check(name, value) for name, value in it["checks"]))
        case "optional":
            return Optional(built(it["inner"]))
        case "nullable":
            return Nullable(built(it["inner"]))
        case "nullish":
            return nullish(built(it["inner"]))
        case "default":
            return Default(built(it["inner"]), lambda: it["value"])
        case "catch":
            return Catch(built(it["inner"]), lambda: it["value"])
        case "union" | "xor":
            return Union(tuple(map(built, it["options"])), exclusive=it["kind"] == "xor")
        case "and":
            return Intersection(built(it["left"]), built(it["right"]))
        case "transform":
            return Transform(built(it["inner"]), FUNCTIONS[it["change"]])
        case "preprocess":
            return Preprocess(built(it["inner"]), FUNCTIONS[it["change"]])
        case _:
            return Pipe(built(it["first"]), built(it["second"]))


def built_check(name: str, argument: Any) -> Check:
    match name:
        case "regex":
            source, message = argument
            return Matches(re.compile(source), f"/{source}/", message)
        case "refine":
            accepts, options = argument
            if isinstance(options, dict):
                return Refine(ACCEPTS[accepts], options["message"], tuple(options["path"]))
            return Refine(ACCEPTS[accepts], options) if options else Refine(ACCEPTS[accepts])
        case "nonempty":
            return MinLength(1, argument)
        case "trim" | "lower":
            return TRIM if name == "trim" else LOWER
        case "email" | "uuid" | "url" | "int":
            formats: dict[str, type[Check]] = {"email": EmailAddress, "uuid": UUID, "url": URL, "int": Integer}
            return formats[name]()
        case "gt":
            return Minimum(argument, inclusive=False)
        case _:
            kinds: dict[str, Callable[[Any], Check]] = {"min": MinLength, "max": MaxLength, "length": Length}
            kinds |= {"startsWith": StartsWith, "endsWith": EndsWith, "gte": Minimum, "lte": Maximum}
            return kinds[name](argument)


def some_value(random: Random, depth: int) -> Any:
    kind = random.choice(["text", "text", "number", "bool", "null"] + ["list", "object", "object"] * (depth > 0))
    match kind:
        case "text":
            return random.choice(TEXTS)
        case "number":
            return random.choice(NUMBERS)
        case "bool":
            return random.random() < 0.5
        case "null":
            return None
        case "list":
            return [some_value(random, depth - 1) for _ in range(random.randint(0, 3))]
        case _:
            return {name: some_value(random, depth - 1) for name in random.sample(KEYS, random.randint(0, 3))}


def fitting_value(random: Random, it: Description) -> Any:
    """A value that comes near to what the schema wants, so that more than its type is judged."""
    match it["kind"]:
        case "string" | "email":
            return random.choice(TEXTS)
        case "number":
            return random.choice(NUMBERS)
        case "boolean":
            return random.random() < 0.5
        case "enum":
            return random.choice(it["values"])
        case "literal":
            return it["value"]
        case "object":
            made = {name: fitting_value(random, field) for name, field in it["fields"].items() if random.random() < 0.8}
            return {**made, "c": 1} if random.random() < 0.3 else made
        case "record":
            return {random.choice(KEYS): fitting_value(random, it["values"]) for _ in range(random.randint(0, 2))}
        case "array":
            return [fitting_value(random, it["items"]) for _ in range(random.randint(0, 3))]
        case "union" | "xor":
            return fitting_value(random, random.choice(it["options"]))
        case "and":
            left, right = fitting_value(random, it["left"]), fitting_value(random, it["right"])
            return {**left, **right} if isinstance(left, dict) and isinstance(right, dict) else left
        case "pipe":
            return fitting_value(random, it["first"])
        case _:
            return fitting_value(random, it["inner"]) if "inner" in it else some_value(random, 1)
