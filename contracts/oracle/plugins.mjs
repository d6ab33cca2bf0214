// Plugins of a profile: {"plugins": {"jwt": {…options}}} becomes [jwt({…options})]; a list is one of plugins already.

import * as plugins from "better-auth/plugins";

/** What better-auth exports the plugin as: two-factor is twoFactor. */
const exported = (id) => id.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

export function withPlugins(options, available = plugins) {
  const wanted = options.plugins ?? [];
  if (Array.isArray(wanted)) return options;
  return { ...options, plugins: Object.entries(wanted).map(([id, given]) => available[exported(id)](given)) };
}
