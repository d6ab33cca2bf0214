// Options that are functions travel in a profile as {"$fn": "name"}. This table gives each name its meaning;
// betterauth_py/conformance/named_functions.py gives the same names the same meaning for the Python server.

import { createHash } from "node:crypto";
import { APIError } from "better-auth/api";
import { namedHooks } from "./hooks.mjs";

const digest = (password) => createHash("sha256").update(password, "utf8").digest("hex");

function collector(mails, kind) {
  return async ({ user, url, token, newEmail }) => {
    mails.push({ kind, to: user.email, url: url ?? null, token: token ?? null, newEmail: newEmail ?? null });
  };
}

/** A function that is told about a user: kept among the mails with what it saw of the user and of the request. */
function witness(mails, kind) {
  return async (user, request) => {
    const path = request ? new URL(request.url).pathname : null;
    mails.push({ kind, to: user.email, verified: user.emailVerified, path });
  };
}

const standardSchema = (validate) => ({ "~standard": { version: 1, vendor: "oracle", validate } });

export function namedFunctions(mails) {
  return {
    ...namedHooks(mails),
    originsFromHeader: (request) => {
      const listed = request?.headers.get("x-trusted-origins");
      return listed ? listed.split(" ") : [];
    },
    digestHash: async (password) => `digest:${digest(password)}`,
    digestVerify: async ({ hash, password }) => hash === `digest:${digest(password)}`,
    // Ids that say of what they are; the database makes those of accounts.
    idOfModel: ({ model }) => (model === "account" ? false : `${model}:${crypto.randomUUID()}`),
    versionOfUserName: (_session, user) => `v-${user.name}`,
    ruleFromHeader: (request) => {
      const max = request.headers.get("x-rate-max");
      if (max === "off") return false;
      return max ? { window: 10, max: Number(max) } : { window: 10, max: 2 };
    },
    ruleOneMoreThanUsual: (_request, usual) => ({ window: usual.window, max: usual.max + 1 }),
    sendVerificationEmail: collector(mails, "verification"),
    sendResetPassword: collector(mails, "reset"),
    onPasswordReset: collector(mails, "password-was-reset"),
    onExistingUserSignUp: collector(mails, "existing-user"),
    sendChangeEmailConfirmation: collector(mails, "change-email"),
    sendDeleteAccountVerification: collector(mails, "delete-account"),
    beforeEmailVerification: witness(mails, "before-verification"),
    afterEmailVerification: witness(mails, "after-verification"),
    beforeDelete: witness(mails, "before-delete"),
    afterDelete: witness(mails, "after-delete"),
    refuseDelete: async (user, _request) => {
      if (user.name === "Keep") throw new APIError("BAD_REQUEST", { message: "Not this one", code: "KEPT" });
    },
    failingMail: async (_message, _request) => {
      throw new Error("the mail server is down");
    },
    failingHook: async (_user, _request) => {
      throw new Error("a hook is broken");
    },
    markedIdentifier: async (identifier) => `marked:${identifier}`,
    fixedDefault: () => "made by a function",
    fixedNumber: () => 7,
    fixedDate: () => new Date("2001-02-03T04:05:06.789Z"),
    fixedFalse: () => false,
    fixedList: () => ["a", "b"],
    inBrackets: (value) => (typeof value === "string" ? `<${value}>` : value),
    inBracketsLater: async (value) => (typeof value === "string" ? `<${value}>` : value),
    upperCase: (value) => (typeof value === "string" ? value.toUpperCase() : value),
    filled: (value) => value ?? "filled",
    doubled: (value) => (typeof value === "number" ? value * 2 : value),
    failingTransform: (value) => {
      if (value === "break") throw new Error("a transform is broken");
      return value;
    },
    shortText: standardSchema((value) =>
      typeof value === "string" && value.length <= 5 ? { value: `${value}!` } : { issues: [{ message: "at most five" }, { message: "second" }] },
    ),
    namelessIssue: standardSchema(() => ({ issues: [{}] })),
    isNotBad: async (token) => token !== "bad",
    userOfTokens: async ({ idToken }) => ({
      user: { name: `${idToken} of the provider`, email: `${idToken}@example.com`, image: null, emailVerified: true },
      data: { sub: idToken, given: true },
    }),
    freshTokens: async (refreshToken) => ({
      accessToken: `access for ${refreshToken}`,
      refreshToken: `${refreshToken}+`,
      accessTokenExpiresAt: new Date(Date.now() + 3600_000),
      scopes: ["email"],
    }),
    mapGitHubProfile: (profile) => {
      if (profile.login === "break") throw new Error("a mapping is broken");
      return { company: profile.company, role: "admin", unheardOf: true, level: profile.level };
    },
    syntheticUser: ({ coreFields, additionalFields, id }) => ({ ...coreFields, ...additionalFields, nickname: "synthetic", id }),
  };
}

/** The profile with every {"$fn": name} replaced by its function. */
export function withFunctions(value, functions) {
  if (Array.isArray(value)) return value.map((item) => withFunctions(item, functions));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$fn === "string") {
    const found = functions[value.$fn];
    if (!found) throw new Error(`No function is named ${value.$fn}`);
    return found;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withFunctions(item, functions)]));
}
