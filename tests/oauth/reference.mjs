// Has the providers of better-auth do what cases say: {"provider", "now", "cases": [{…}]} on standard input, what each
// did as {name: {"result": …, "requests": […]}} on standard output. The world outside is what the case says.
import { readFileSync } from "node:fs"

const packages = new URL("../../contracts/oracle/node_modules/", import.meta.url)
const load = (path) => import(new URL(path, packages).href)
const { socialProviders } = await load("@better-auth/core/dist/social-providers/index.mjs")
const { verifyProviderIdToken, supportsIdTokenSignIn } = await load("@better-auth/core/dist/oauth2/index.mjs")
const generic = await load("better-auth/dist/plugins/generic-oauth/index.mjs")
const { resolveOAuthAccountKey } = await load("better-auth/dist/oauth2/account-key.mjs")

const { provider: id, now, cases } = JSON.parse(readFileSync(0, "utf8"))

const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [now]))
  }
  static now() {
    return now
  }
}
for (const name of ["log", "warn", "error", "info", "debug"]) console[name] = () => {}

const FUNCTIONS = {
  mapped: (profile) => ({ name: `Mapped ${typeof profile}`, email: "mapped@example.com", nickname: "m" }),
  mappedToNothing: () => undefined,
  verified: () => ({ email: "mapped@example.com", emailVerified: true }),
  nullImage: () => ({ image: null }),
  ownProfile: (tokens) => ({ id: "own", name: tokens.accessToken ?? "nobody", email: "own@example.com", emailVerified: "true", image: "i" }),
  ownProfileOfAnother: () => ({ sub: "other", name: "Other", email: "other@example.com" }),
  ownSubject: ({ tokens, profile }) => `${tokens.accessToken} of ${profile.name}`,
  exchanged: ({ code, codeVerifier }) => ({ accessToken: code, refreshToken: codeVerifier, scopes: ["own"] }),
  refreshParameters: () => ({ audience: "own" }),
  fails: () => {
    throw new Error("fails")
  },
  noEmail: () => ({ email: null }),
  ownUser: (tokens) => ({ user: { name: tokens.accessToken ?? "nobody", email: "own@example.com", emailVerified: true }, data: { id: "own", sub: "own" } }),
  ownTokens: (refreshToken) => ({ accessToken: `new of ${refreshToken}`, scopes: ["a"] }),
  nobody: () => null,
  believe: (token, nonce) => nonce === "nonce" || token === "believed",
  assertion: ({ clientId, tokenEndpoint }) => `assertion of ${clientId} for ${tokenEndpoint}`,
  customize: ({ body, headers, grantType }) => {
    body.set("custom", grantType)
    headers["X-Custom"] = "yes"
  },
}

function withFunctions(value) {
  if (Array.isArray(value)) return value.map(withFunctions)
  if (value === null || typeof value !== "object") return value
  if (value.$fn) return async (...given) => FUNCTIONS[value.$fn](...given)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withFunctions(item)]))
}

let requests, answers, asked

globalThis.fetch = async (input, init = {}) => {
  const request = input instanceof Request ? input : null
  const url = new URL(request?.url ?? input)
  const method = (init.method ?? request?.method ?? "GET").toUpperCase()
  const headers = Object.fromEntries([...new Headers(init.headers ?? request?.headers)].sort())
  // What the library jose says of itself is nothing that better-auth asks for.
  if (headers["user-agent"]?.startsWith("jose/")) delete headers["user-agent"], delete headers.accept
  requests.push({ method, url: url.href, headers, body: init.body == null ? "" : String(init.body) })
  const key = `${method} ${url.origin}${url.pathname}`
  const possible = answers.filter((answer) => answer.request === key)
  const answer = possible[Math.min(asked[key] ?? 0, possible.length - 1)]
  asked[key] = (asked[key] ?? 0) + 1
  if (!answer || answer.fails) throw new TypeError("fetch failed")
  if (answer.status >= 300 && answer.status < 400 && init.redirect !== "manual") {
    return globalThis.fetch(answer.headers.location, { ...init, method: "GET", body: undefined })
  }
  const response = new Response(answer.status === 204 ? null : Buffer.from(answer.body, "latin1"), { status: answer.status })
  response.headers.delete("content-type")
  for (const [name, value] of Object.entries(answer.headers)) response.headers.set(name, value)
  return response
}

const date = (value) => (value instanceof RealDate ? (Number.isNaN(value.getTime()) ? undefined : value.toISOString()) : value)

function shownTokens(tokens) {
  const { tokenType, accessToken, refreshToken, accessTokenExpiresAt, refreshTokenExpiresAt, scopes, idToken } = tokens
  return { tokenType, accessToken, refreshToken, accessTokenExpiresAt: date(accessTokenExpiresAt), refreshTokenExpiresAt: date(refreshTokenExpiresAt), scopes, idToken }
}

async function shownUser(provider, tokens) {
  return shown(provider, tokens, await provider.getUserInfo(tokens))
}

async function shown(provider, tokens, info) {
  if (!info?.user) return null
  const subject = await resolveOAuthAccountKey(provider, tokens, info.data).then((key) => key.accountId, () => null)
  return { user: info.user, data: info.data, subject }
}

const CALLS = {
  authorize: async (provider, { request }) => String(await provider.createAuthorizationURL({ ...request, idTokenNonce: request.nonce })),
  exchange: async (provider, { request }) => {
    const tokens = await provider.validateAuthorizationCode(request)
    return tokens && shownTokens(tokens)
  },
  refresh: async (provider, { request }) => shownTokens(await provider.refreshAccessToken(request.refreshToken)),
  sign_in: async (provider, { request }) => {
    const tokens = await provider.validateAuthorizationCode(request)
    return tokens && shownUser(provider, { ...tokens, user: request.user, expectedIdTokenNonce: request.nonce })
  },
  id_token: async (provider, { request }) => {
    if (!supportsIdTokenSignIn(provider)) return "unsupported"
    if (!(await verifyProviderIdToken(provider, request.token, request.nonce))) return "invalid"
    const tokens = { idToken: request.token, accessToken: request.accessToken, user: request.user }
    if (!provider.getUserInfoFromIdToken) return shownUser(provider, tokens)
    return shown(provider, tokens, await provider.getUserInfoFromIdToken(request.token))
  },
}

async function makeProvider(options) {
  if (!id.startsWith("generic-oauth/")) return socialProviders[id](options)
  const { preset, ...config } = options
  const helper = preset && generic[preset.replace(/-(.)/g, (_, letter) => letter.toUpperCase())]
  const known = helper ? helper(config) : {}
  const plugin = generic.genericOAuth({ config: [{ ...known, ...config }] })
  const { context } = await plugin.init({ socialProviders: [], logger: console, baseURL: "http://localhost:3000/api/auth" })
  if (!context.socialProviders.length) throw new Error("skipped")
  return context.socialProviders[0]
}

const done = {}
for (const one of cases) {
  requests = []
  answers = one.answers
  asked = {}
  let result
  try {
    const provider = await makeProvider(withFunctions(one.options))
    result = one.call === "refresh" && !provider.refreshAccessToken ? "unsupported" : await CALLS[one.call](provider, one)
  } catch (error) {
    result = { throws: String(error?.message ?? error) }
  }
  done[one.name] = { result, requests }
}
process.stdout.write(JSON.stringify(done))
