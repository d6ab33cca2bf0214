// Hooks of a profile: what they do is said by headers of the request, so that one profile serves a whole scenario.
// betterauth_py/conformance/named_hooks.py gives the same names the same meaning for the Python server.

import { APIError, createAuthMiddleware } from "better-auth/api";

const refusal = (code) => new APIError("FORBIDDEN", { message: "Not today", code });

function leaveMarks(ctx, who) {
  ctx.setHeader(`x-${who}`, "was here");
  ctx.setCookie(`seen-${who}`, "1", { path: "/" });
}

const exposes = (value) => (ctx) => {
  ctx.setHeader("Access-Control-Expose-Headers", "X-Replaced");
  ctx.setHeader("Access-Control-Expose-Headers", value);
};

const before = {
  exposes: exposes("x-before, X-One"),
  answer: () => ({ stopped: true }),
  outside: async (ctx) => {
    const [method, url] = ctx.headers.get("x-outside").split(" ");
    const own = { accept: "application/json", "content-type": "application/json" };
    try {
      const answer = await fetch(url, method === "POST" ? { method, headers: own, body: '{"a":"b"}' } : { method });
      const shown = Object.fromEntries(["content-type", "content-length", "x-one"].map((name) => [name, answer.headers.get(name)]));
      return { status: answer.status, headers: shown, url: answer.url, text: await answer.text() };
    } catch {
      return { failed: true };
    }
  },
  "empty-answer": () => ({}),
  list: () => [1, 2],
  text: () => "plain",
  number: () => 7,
  null: () => null,
  refuse: () => {
    throw refusal("REFUSED_BEFORE");
  },
  fail: () => {
    throw new Error("a hook is broken");
  },
  redirect: (ctx) => {
    throw ctx.redirect("/elsewhere?a=b");
  },
  status: (ctx) => {
    ctx.setStatus(202);
    return { stopped: true };
  },
  json: (ctx) => ctx.json({ stopped: "json" }, { status: 203, headers: { "x-json": "yes" } }),
  body: (ctx) => ({ context: { body: { name: "From the hook", nickname: "hooked" } } }),
  "body-null": () => ({ context: { body: { callbackURL: null } } }),
  query: () => ({ context: { query: { disableCookieCache: "true", disableRefresh: "true" } } }),
  headers: () => ({ context: { headers: new Headers({ "user-agent": "hooked agent", "x-forwarded-for": "203.0.113.9" }) } }),
  "no-cookie": () => ({ context: { headers: new Headers({ cookie: "" }) } }),
  marks: (ctx) => leaveMarks(ctx, "before"),
  "marks-answer": (ctx) => {
    leaveMarks(ctx, "before");
    return { stopped: true };
  },
  "marks-refuse": (ctx) => {
    leaveMarks(ctx, "before");
    throw refusal("REFUSED_BEFORE");
  },
};

const shown = (returned) => {
  if (returned instanceof Error) return { error: returned.body?.code ?? null, status: returned.statusCode };
  return returned && typeof returned === "object" ? Object.keys(returned) : returned ?? null;
};

const after = {
  exposes: exposes(" x-one,, x-after,X-After"),
  "exposes-refuse": (ctx) => {
    exposes("x-one, x-after")(ctx);
    throw new APIError("FORBIDDEN", { message: "Not today", code: "REFUSED_AFTER" }, { "access-control-expose-headers": "X-After, x-error" });
  },
  replace: (ctx) => ({ replaced: true, was: shown(ctx.context.returned) }),
  "empty-answer": () => ({}),
  list: () => [1, 2],
  text: () => "plain",
  refuse: () => {
    throw refusal("REFUSED_AFTER");
  },
  fail: () => {
    throw new Error("a hook is broken");
  },
  redirect: (ctx) => {
    throw ctx.redirect("/elsewhere?a=b");
  },
  marks: (ctx) => leaveMarks(ctx, "after"),
  "marks-refuse": (ctx) => {
    leaveMarks(ctx, "after");
    throw refusal("REFUSED_AFTER");
  },
  "new-session": (ctx) => ({ email: ctx.context.newSession?.user.email ?? null, path: ctx.path }),
  session: (ctx) => ({ email: ctx.context.session?.user.email ?? null, path: ctx.path, method: ctx.method }),
};

const chosen = (table, header) =>
  createAuthMiddleware(async (ctx) => {
    const name = ctx.headers?.get(header);
    return name ? table[name](ctx) : undefined;
  });

const field = (model) => (model === "user" ? "name" : model === "session" ? "userAgent" : "scope");

/** What a row hook is given, in a comparable form: the keys and the plain values. */
const witnessed = (row) =>
  row && typeof row === "object"
    ? Object.fromEntries(
        Object.entries(row)
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => [key, value instanceof Date ? "date" : value])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      )
    : typeof row;

function rowHooks(mails, model) {
  const around = (change) => ({
    before: async (row, ctx) => {
      const wish = ctx?.headers?.get("x-row");
      if (ctx?.headers?.get("x-witness")) mails.push({ kind: `before-${change}-${model}`, row: witnessed(row), path: ctx?.path ?? null });
      if (wish === `refuse-${change}-${model}`) return false;
      if (wish === `throw-${change}-${model}`) throw refusal("REFUSED_ROW");
      if (wish === `fail-${change}-${model}`) throw new Error("a row hook is broken");
      if (wish === `change-${change}-${model}`) return { data: { [field(model)]: "changed by a row hook" } };
      return undefined;
    },
    after: async (row, ctx) => {
      const wish = ctx?.headers?.get("x-row");
      if (ctx?.headers?.get("x-witness")) mails.push({ kind: `after-${change}-${model}`, row: witnessed(row), path: ctx?.path ?? null });
      if (wish === `after-throw-${change}-${model}`) throw refusal("REFUSED_AFTER_ROW");
    },
  });
  return { create: around("create"), update: around("update"), delete: around("delete") };
}

export function namedHooks(mails) {
  return {
    hookBefore: chosen(before, "x-before"),
    hookAfter: chosen(after, "x-after"),
    userRowHooks: rowHooks(mails, "user"),
    sessionRowHooks: rowHooks(mails, "session"),
    accountRowHooks: rowHooks(mails, "account"),
    verificationRowHooks: rowHooks(mails, "verification"),
    onError: async (error) => {
      mails.push({ kind: "api-error", code: error?.body?.code ?? null, message: error?.message ?? null });
    },
    validateUserInfo: async ({ user, source }, ctx) => {
      mails.push({
        kind: "validate-user-info",
        user: Object.keys(user).filter((key) => user[key] !== undefined).sort(),
        source,
        path: ctx.path,
      });
      if (user.name === "Nobody") return { error: "nobody_is_welcome", errorDescription: "Somebody else, please" };
      if (user.name === "Terse") return { error: "terse" };
      if (user.name === "Broken") throw new Error("the gate is broken");
      if (user.name === "Thrower") throw new APIError("BAD_REQUEST", { message: "thrown", code: "THROWN" });
      return undefined;
    },
  };
}
