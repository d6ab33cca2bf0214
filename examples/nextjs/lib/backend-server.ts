import { headers } from "next/headers";

const BACKEND = process.env.BACKEND_URL ?? "http://localhost:8000";

/** Calls the Python service from the server, with the cookie and the origin of the request to Next.js. */
export async function callBackendFromServer(path: string, init: RequestInit = {}) {
  const asked = await headers();
  const passedOn = new Headers(init.headers);
  for (const name of ["cookie", "origin"]) {
    const value = asked.get(name);
    if (value) passedOn.set(name, value);
  }
  return fetch(BACKEND + path, { ...init, headers: passedOn, cache: "no-store" });
}
