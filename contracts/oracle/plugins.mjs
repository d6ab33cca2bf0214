// Plugins of a profile: {"plugins": {"jwt": {…options}}} becomes [jwt({…options})]; what is a plugin already stays one, and
// so does a list of them.

/** What makes each plugin, by its id: {"two-factor": {"package": "better-auth/plugins", "export": "twoFactor"}}. */
export async function importMakers(sources) {
  const found = Object.entries(sources).map(async ([id, source]) => [id, (await import(source.package))[source.export]]);
  return Object.fromEntries(await Promise.all(found));
}

export function withPlugins(options, makers) {
  const wanted = options.plugins ?? [];
  if (Array.isArray(wanted)) return options;
  const made = ([id, given]) => (typeof given.id === "string" ? given : makers[id](given));
  return { ...options, plugins: Object.entries(wanted).map(made) };
}
