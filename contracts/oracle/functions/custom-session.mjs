// What {"$fn": name} means in the profiles of the custom-session plugin;
// betterauth_py/conformance/functions/custom_session.py is the other half.

import { APIError } from "better-auth/api";

const shown = {
  nothing: () => null,
  list: ({ user }) => [user.email, user.createdAt, 1],
  "empty-list": () => [],
  empty: () => ({}),
  text: () => "plain words, é",
  "empty-text": () => "",
  number: () => 7,
  false: () => false,
  date: ({ session }) => session.expiresAt,
  user: ({ user }) => user,
  error: () => {
    throw new Error("what nobody shall read");
  },
  refuse: (found, ctx) => {
    ctx.setCookie("refused", "1", { path: "/" });
    throw new APIError("FORBIDDEN", { message: "Not today", code: "NOT_TODAY" });
  },
  redirect: (found, ctx) => {
    throw ctx.redirect("/elsewhere");
  },
  cookie: (found, ctx) => {
    ctx.setCookie("own", "a b", { path: "/", httpOnly: true });
    ctx.setHeader("x-own", "yes");
    ctx.setHeader("cache-control", "private");
    return { own: true };
  },
  status: (found, ctx) => {
    ctx.setStatus(202);
    return { accepted: true };
  },
};

export const functions = () => ({
  customSession: async (found, ctx) => {
    const wish = shown[ctx.headers?.get("x-shown")];
    if (wish) return wish(found, ctx);
    const { session, user, ...more } = found;
    return { roles: ["admin"], user: { ...user, newField: "new" }, session, more, path: ctx.path, method: ctx.method, query: ctx.query ?? null };
  },
  customSessionAtOnce: ({ user, session }) => ({ email: user.email, born: user.createdAt, sid: session.id }),
});
