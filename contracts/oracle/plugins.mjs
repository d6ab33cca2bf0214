// Plugins of a profile: {"plugins": {"jwt": {…options}}} becomes [jwt({…options})].

import * as plugins from "better-auth/plugins";

export function withPlugins({ plugins: wanted, ...options }) {
  if (!wanted) return options;
  return { ...options, plugins: Object.entries(wanted).map(([name, given]) => plugins[name](given)) };
}
