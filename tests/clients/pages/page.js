// What the pages of all frameworks share: a client with the options of the address, and what is shown of a session.

const options = JSON.parse(new URLSearchParams(location.search).get("options") ?? "{}");

/** The client of this page, also for the script that drives it. AUTH_URL is filled in by the build, empty for one origin. */
export function makeClient(createAuthClient) {
  window.client = createAuthClient({ baseURL: AUTH_URL || undefined, ...options });
  return window.client;
}

/** What a person sees of what `useSession` gives. */
export function shown({ data, error, isPending }) {
  if (isPending) return "pending";
  if (error) return `error ${error.status}`;
  return data ? `${data.user.name} <${data.user.email}> until ${data.session.expiresAt.getFullYear()}` : "nobody";
}

export const place = document.getElementById("session");
