// Plugins of a profile: {"plugins": {"jwt": {…options}}} becomes [jwt({…options})]; what is a plugin already stays one, and
// so does a list of them.

/** What makes each plugin, by its id: {"two-factor": {"package": "better-auth/plugins", "export": "twoFactor"}}. */
export async function importMakers(sources) {
  const found = Object.entries(sources).map(async ([id, source]) => [id, (await import(source.package))[source.export]]);
  return Object.fromEntries(await Promise.all(found));
}

/** The arguments of a plugin that takes more than its options. */
const argumentsOf = {
  "custom-session": ({ fn, ...options }) => [fn, undefined, options],
};

export function withPlugins(options, makers) {
  const wanted = options.plugins ?? [];
  if (Array.isArray(wanted)) return options;
  const made = ([id, given]) => (typeof given.id === "string" ? given : makers[id](...(argumentsOf[id]?.(given) ?? [given])));
  return { ...options, plugins: Object.entries(wanted).map(made) };
}
