// A plugin made with everything that better-auth 1.7.25 gives the author of one; betterauth_py/conformance/functions/probe/
// is the same plugin, made with what `betterauth_py.plugins` gives. Scenarios plugin-*.yaml play on both.

import { APIError, createAuthEndpoint, createAuthMiddleware, originCheck, sessionMiddleware } from "better-auth/api";
import * as z from "zod";

const $ERROR_CODES = {
  TOO_MANY: { code: "TOO_MANY", message: "You have enough" },
  NOT_YOURS: { code: "NOT_YOURS", message: "Somebody else's" },
};

const entry = z.object({
  name: z.string().min(2),
  count: z.number().int().optional(),
  kind: z.enum(["a", "b"]).default("a"),
  tags: z.array(z.string()).optional(),
});

/** APIErrors of every shape, and what is none. */
const thrown = {
  "message-and-code": () => new APIError("BAD_REQUEST", { message: "No", code: "NO" }),
  declared: () => APIError.from("FORBIDDEN", $ERROR_CODES.NOT_YOURS),
  "message-only": () => new APIError("UNAUTHORIZED", { message: "No such thing" }),
  "code-only": () => new APIError("CONFLICT", { code: "TAKEN" }),
  "more-keys": () => new APIError("UNPROCESSABLE_ENTITY", { message: "No", code: "NO", fields: ["a", null], more: { deep: 1 } }),
  "no-body": () => new APIError("NOT_FOUND"),
  "empty-body": () => new APIError("NOT_FOUND", {}),
  number: () => new APIError(418, { message: "teapot", code: "TEAPOT" }),
  headers: () => new APIError("TOO_MANY_REQUESTS", { message: "Later", code: "LATER" }, { "retry-after": "7", "x-error": "yes" }),
  "same-header": () => new APIError("BAD_REQUEST", { message: "No", code: "NO" }, { "x-set": "error's" }),
  "moved-permanently": () => new APIError("MOVED_PERMANENTLY", undefined, { location: "/moved" }),
  "see-other": () => new APIError("SEE_OTHER", undefined, { location: "https://elsewhere.example/x" }),
  ok: () => new APIError("OK", { message: "fine" }),
  accepted: () => new APIError("ACCEPTED", { later: true }),
  server: () => new APIError("INTERNAL_SERVER_ERROR", { message: "broken", code: "BROKEN" }),
  error: () => new Error("what nobody shall read"),
  type: () => new TypeError("what nobody shall read"),
};

const returned = {
  object: () => ({ a: 1, b: undefined, c: null, d: [1, undefined, "x"], e: 1.5, f: "é\u2028" }),
  list: () => [1, "two", null],
  "empty-list": () => [],
  text: () => "plain words, é",
  "empty-text": () => "",
  number: () => 7,
  zero: () => 0,
  true: () => true,
  false: () => false,
  null: () => null,
  nothing: () => undefined,
  date: () => ({ at: new Date(1e12 + 5) }),
  json: (ctx) => ctx.json({ made: "json" }),
  "json-status": (ctx) => ctx.json({ made: "json" }, { status: 201, headers: { "x-json": "yes" } }),
  status: (ctx) => {
    ctx.setStatus(202);
    return { accepted: true };
  },
  "no-content": (ctx) => {
    ctx.setStatus(204);
    return undefined;
  },
};

const raw = {
  text: () => new Response("raw words"),
  html: () => new Response("<p>raw</p>", { status: 203, headers: { "content-type": "text/html", "x-raw": "yes" } }),
  json: () => Response.json({ raw: true }, { status: 201 }),
  empty: () => new Response(null, { status: 204 }),
  redirect: () => new Response(null, { status: 303, headers: { location: "/raw" } }),
  cookies: () =>
    new Response("{}", { headers: [["set-cookie", "raw-a=1; Path=/"], ["set-cookie", "raw-b=2; Path=/"], ["content-type", "application/json"]] }),
  "same-header": () => new Response("raw", { headers: { "x-set": "response's" } }),
};

const knock = createAuthMiddleware(async (ctx) => {
  const word = ctx.getHeader("x-word");
  ctx.setHeader("x-knocked", word ?? "silence");
  if (!word) throw APIError.from("UNAUTHORIZED", { code: "SILENCE", message: "Say the word" });
  if (word === "cookie") ctx.setCookie("knocked", "1", { path: "/" });
  return { word };
});

const choose = (table) => async (ctx) => table[ctx.query.what](ctx);
const what = z.object({ what: z.string() });
const mark = (ctx) => {
  ctx.setHeader("x-set", "endpoint's");
  ctx.setCookie("set", "1", { path: "/" });
};

const endpoints = {
  probeBody: createAuthEndpoint("/probe/body", { method: "POST", body: entry, query: z.object({ flag: z.string().optional() }) }, async (ctx) => ({
    body: ctx.body,
    query: ctx.query,
  })),
  probeForm: createAuthEndpoint(
    "/probe/form",
    { method: "POST", body: z.object({ a: z.string() }), metadata: { allowedMediaTypes: ["application/x-www-form-urlencoded", "application/json"] } },
    async (ctx) => ctx.json({ a: ctx.body.a }),
  ),
  probeNoSchema: createAuthEndpoint("/probe/no-schema", { method: ["GET", "POST", "PUT"] }, async (ctx) => ({
    method: ctx.method,
    body: ctx.body ?? null,
    query: ctx.query,
    path: ctx.path,
  })),
  probeItem: createAuthEndpoint("/probe/items/:id/:part", { method: "GET" }, async (ctx) => ({ params: ctx.params, path: ctx.path })),
  probeRedirect: createAuthEndpoint("/probe/redirect", { method: "GET", query: z.object({ to: z.string() }) }, async (ctx) => {
    mark(ctx);
    throw ctx.redirect(ctx.query.to);
  }),
  probeLead: createAuthEndpoint(
    "/probe/lead",
    { method: "GET", query: z.object({ callbackURL: z.string().optional() }), use: [originCheck((ctx) => ctx.query.callbackURL)] },
    async (ctx) => {
      throw ctx.redirect(ctx.query.callbackURL ?? "/nowhere");
    },
  ),
  probeCookies: createAuthEndpoint("/probe/cookies", { method: "GET" }, async (ctx) => {
    const own = ctx.context.createAuthCookie("probe", { maxAge: 60 });
    const read = { plain: ctx.getCookie("plain"), own: (await ctx.getSignedCookie(own.name, ctx.context.secret)) || null };
    ctx.setCookie("plain", "a b;c%", { path: "/probe", maxAge: 5, sameSite: "strict" });
    ctx.setCookie(own.name, "unsigned", own.attributes);
    await ctx.setSignedCookie(own.name, "vouched for", ctx.context.secret, own.attributes);
    return read;
  }),
  probeHeaders: createAuthEndpoint("/probe/headers", { method: "GET" }, async (ctx) => {
    ctx.setHeader("X-One", "1");
    ctx.setHeader("x-one", "2");
    ctx.setHeader("Cache-Control", "max-age=9");
    ctx.setHeader("content-type", "text/x-own");
    return { asked: ctx.headers.get("x-asked"), agent: ctx.getHeader("user-agent") };
  }),
  probeThrow: createAuthEndpoint("/probe/throw", { method: ["GET", "POST"], query: what }, async (ctx) => {
    mark(ctx);
    throw thrown[ctx.query.what]();
  }),
  probeReturn: createAuthEndpoint("/probe/return", { method: "GET", query: what }, async (ctx) => {
    mark(ctx);
    return choose(returned)(ctx);
  }),
  probeRaw: createAuthEndpoint("/probe/raw", { method: "GET", query: what }, async (ctx) => {
    mark(ctx);
    return choose(raw)(ctx);
  }),
  probeKnock: createAuthEndpoint("/probe/knock", { method: "GET", use: [knock] }, async (ctx) => ({ word: ctx.context.word })),
  probeWho: createAuthEndpoint("/probe/who", { method: "GET", use: [sessionMiddleware, knock] }, async (ctx) => ({
    who: ctx.context.session.user.email,
    word: ctx.context.word,
  })),
  probeHooked: createAuthEndpoint("/probe/hooked", { method: "POST", body: z.object({ name: z.string() }) }, async (ctx) => {
    if (ctx.body.name === "throw") throw APIError.from("FORBIDDEN", $ERROR_CODES.TOO_MANY);
    return { name: ctx.body.name };
  }),
  probeAdd: createAuthEndpoint("/probe/add", { method: "POST", body: z.object({ title: z.string(), size: z.number().optional() }), use: [sessionMiddleware] }, async (ctx) => {
    const ownerId = ctx.context.session.user.id;
    const owned = { field: "ownerId", value: ownerId };
    if ((await ctx.context.adapter.count({ model: "probeNote", where: [owned] })) >= 2) throw APIError.from("FORBIDDEN", $ERROR_CODES.TOO_MANY);
    return ctx.context.adapter.create({ model: "probeNote", data: { title: ctx.body.title, size: ctx.body.size, ownerId, createdAt: new Date() } });
  }),
  probeList: createAuthEndpoint("/probe/list", { method: "GET", use: [sessionMiddleware] }, async (ctx) =>
    ctx.context.adapter.findMany({ model: "probeNote", where: [{ field: "ownerId", value: ctx.context.session.user.id }], sortBy: { field: "title", direction: "desc" } }),
  ),
  probeOnlyHere: createAuthEndpoint.serverOnly({ method: "POST" }, async () => ({ never: "served" })),
};

const onHooked = (ctx) => ctx.path === "/probe/hooked";
const refusals = {
  answer: () => ({ answered: "before" }),
  refuse: () => {
    throw APIError.from("BAD_REQUEST", $ERROR_CODES.NOT_YOURS);
  },
  rename: (ctx) => ({ context: { body: { ...ctx.body, name: "renamed" } } }),
};

const hooks = {
  before: [
    { matcher: (ctx) => onHooked(ctx) && ctx.headers?.get("x-first") !== null, handler: createAuthMiddleware(async (ctx) => refusals[ctx.headers.get("x-first")](ctx)) },
    {
      matcher: onHooked,
      handler: createAuthMiddleware(async (ctx) => {
        ctx.setHeader("x-second", String(ctx.body?.name));
        return ctx.headers.get("x-again") ? { context: { body: { name: `${ctx.body?.name} again` } } } : undefined;
      }),
    },
  ],
  after: [
    {
      matcher: onHooked,
      handler: createAuthMiddleware(async (ctx) => {
        const { returned } = ctx.context;
        ctx.setHeader("x-after", returned?.statusCode ? `error ${returned.statusCode}` : `${returned?.name}`);
        if (ctx.headers.get("x-replace")) return ctx.json({ replaced: true });
      }),
    },
    {
      matcher: (ctx) => ctx.path === "/sign-up/email",
      handler: createAuthMiddleware(async (ctx) => {
        const user = ctx.context.newSession?.user;
        if (user) ctx.setHeader("x-welcome", user.email);
        if (user?.name === "Refused") throw APIError.from("FORBIDDEN", $ERROR_CODES.NOT_YOURS);
      }),
    },
  ],
};

export const functions = (mails) => ({
  probe: {
    id: "probe",
    endpoints,
    hooks,
    $ERROR_CODES,
    init: () => ({
      options: {
        trustedOrigins: ["https://probe.example"],
        databaseHooks: {
          user: {
            create: {
              before: async (user) => {
                if (user.name === "Nobody") return false;
                if (user.name === "Thrown") throw APIError.from("BAD_REQUEST", $ERROR_CODES.NOT_YOURS);
                return { data: { ...user, probeRank: user.name.length } };
              },
              after: async (user, ctx) => {
                mails.push({ kind: "probe-created", rank: user.probeRank, path: ctx?.path ?? null, origins: ctx?.context.trustedOrigins.includes("https://probe.example") });
              },
            },
          },
        },
      },
    }),
    schema: {
      probeNote: {
        fields: {
          title: { type: "string", required: true },
          size: { type: "number", required: false },
          ownerId: { type: "string", required: true, references: { model: "user", field: "id" }, index: true },
          createdAt: { type: "date", required: true },
          state: { type: "string", required: false, defaultValue: "new" },
        },
      },
      user: {
        fields: {
          probeRank: { type: "number", required: false, input: false },
          probeColor: { type: "string", required: false, defaultValue: "red" },
          probeHidden: { type: "string", required: false, returned: false },
        },
      },
    },
    rateLimit: [
      { pathMatcher: (path) => path === "/probe/headers", window: 60, max: 2 },
      { pathMatcher: (path) => path.startsWith("/probe/knock"), window: 60, max: 1 },
    ],
    onRequest: async (request) => {
      const wish = request.headers.get("x-on-request");
      if (wish === "answer") return { response: Response.json({ answered: "on request" }, { status: 203, headers: { "x-early": "yes" } }) };
      if (wish === "change") {
        const headers = new Headers(request.headers);
        headers.set("x-asked", "on request");
        return { request: new Request(request, { headers }) };
      }
    },
    onResponse: async (response) => {
      if (response.headers.get("x-one")) {
        const headers = new Headers(response.headers);
        headers.set("x-on-response", String(response.status));
        return { response: new Response(response.body, { status: 203, headers }) };
      }
    },
  },
});
