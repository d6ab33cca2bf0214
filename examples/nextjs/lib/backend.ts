import { authClient } from "./auth-client";

const BACKEND = process.env.NEXT_PUBLIC_BACKEND_URL ?? "http://localhost:8000";

/** Calls the Python service with the session's cookie. */
export function callBackend(path: string, init: RequestInit = {}) {
  return fetch(BACKEND + path, { ...init, credentials: "include" });
}

/** Calls the Python service with a token that lives for some minutes; keep it until it ends. */
export async function callBackendWithToken(path: string, init: RequestInit = {}) {
  const { data, error } = await authClient.token();
  if (error) throw new Error(error.message);
  const headers = { ...init.headers, Authorization: `Bearer ${data.token}` };
  return fetch(BACKEND + path, { ...init, headers });
}
