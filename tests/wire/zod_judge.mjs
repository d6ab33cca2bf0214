// Judges values by zod, as better-auth's schemas do: {"cases": [{"schema": …, "values": […]}]} on standard input, for
// each value {"value": …} or {"issues": ["path message", …]} on standard output. Schemas are described as JSON.
import { createRequire } from "node:module"
import { readFileSync } from "node:fs"

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url))
const { z } = createRequire(oracle.resolve("better-auth"))("zod")

const FUNCTIONS = {
  length: (value) => (typeof value === "string" ? value.length : -1),
  pair: (value) => [value, value],
  single: (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value),
}
const ACCEPTS = { short: (value) => typeof value !== "string" || value.length < 4, never: () => false }

const CHECKS = {
  min: (s, n) => s.min(n), max: (s, n) => s.max(n), length: (s, n) => s.length(n), nonempty: (s, m) => s.nonempty(m),
  email: (s) => s.email(), uuid: (s) => s.uuid(), url: (s) => s.url(), trim: (s) => s.trim(), lower: (s) => s.toLowerCase(),
  regex: (s, [source, message]) => s.regex(new RegExp(source), message), startsWith: (s, t) => s.startsWith(t),
  endsWith: (s, t) => s.endsWith(t), int: (s) => s.int(), gte: (s, n) => s.gte(n), gt: (s, n) => s.gt(n),
  lte: (s, n) => s.lte(n), refine: (s, [name, options]) => s.refine(ACCEPTS[name], options),
}

function build(it) {
  switch (it.kind) {
    case "string": return it.coerce ? z.coerce.string() : z.string()
    case "email": return z.email()
    case "number": return it.coerce ? z.coerce.number() : z.number()
    case "boolean": return z.boolean()
    case "flag": return z.coerce.boolean()
    case "enum": return z.enum(it.values)
    case "literal": return z.literal(it.value)
    case "any": return z.any()
    case "undefined": return z.undefined()
    case "object": {
      const shape = Object.fromEntries(Object.entries(it.fields).map(([name, field]) => [name, build(field)]))
      return { drop: z.object, strict: z.strictObject, keep: z.looseObject }[it.unknown](shape)
    }
    case "record": return z.record(build(it.keys), build(it.values))
    case "array": return z.array(build(it.items))
    case "checked": return it.checks.reduce((s, [name, argument]) => CHECKS[name](s, argument), build(it.inner))
    case "optional": return build(it.inner).optional()
    case "nullable": return build(it.inner).nullable()
    case "nullish": return build(it.inner).nullish()
    case "default": return build(it.inner).default(it.value)
    case "catch": return build(it.inner).catch(it.value)
    case "union": return z.union(it.options.map(build))
    case "xor": return z.xor(it.options.map(build))
    case "and": return build(it.left).and(build(it.right))
    case "transform": return build(it.inner).transform(FUNCTIONS[it.change])
    case "pipe": return build(it.first).pipe(build(it.second))
    case "preprocess": return z.preprocess(FUNCTIONS[it.change], build(it.inner))
  }
}

function verdict(schema, text) {
  const value = text === "undefined" ? undefined : JSON.parse(text)
  let result
  try {
    result = schema.safeParse(value)
  } catch (error) {
    return { unmergeable: true }
  }
  if (result.success) return { value: result.data === undefined ? "undefined" : JSON.stringify(result.data) }
  return { issues: result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`) }
}

const { cases } = JSON.parse(readFileSync(0, "utf8"))
process.stdout.write(JSON.stringify(cases.map(({ schema, values }) => {
  const built = build(schema)
  return values.map((value) => verdict(built, value))
})))
