// Plugins of a profile: {"plugins": {"jwt": {…options}}} becomes [jwt({…options})]; a list is one of plugins already.

import * as plugins from "better-auth/plugins";

export function withPlugins(options, available = plugins) {
  const wanted = options.plugins ?? [];
  if (Array.isArray(wanted)) return options;
  return { ...options, plugins: Object.entries(wanted).map(([name, given]) => available[name](given)) };
}
