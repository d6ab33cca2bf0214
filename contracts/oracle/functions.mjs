// Every function that a profile may name: the core's, and those of each plugin from its own file in functions/.

import { readdirSync } from "node:fs";
import { namedFunctions } from "./callables.mjs";

const folder = new URL("./functions/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".mjs")).sort();
const owners = await Promise.all(files.map((name) => import(new URL(name, folder))));

export function everyFunction(mails) {
  const tables = [namedFunctions(mails), ...owners.map((owner) => owner.functions(mails))];
  const known = {};
  for (const [name, meaning] of tables.flatMap(Object.entries)) {
    if (name in known) throw new Error(`Two functions are named ${name}`);
    known[name] = meaning;
  }
  return known;
}
