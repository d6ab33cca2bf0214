// Decides requests by better-auth's own access control: {"cases": [{"statements": …, "request": …, "connector": …}]} on
// standard input, what `authorize` returned for each on standard output.
import { createRequire } from "node:module"
import { readFileSync } from "node:fs"

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url))
const { role } = await import(oracle.resolve("better-auth/plugins/access"))

const { cases } = JSON.parse(readFileSync(0, "utf8"))
process.stdout.write(
  JSON.stringify(cases.map(({ statements, request, connector }) => role(statements).authorize(request, connector))),
)
