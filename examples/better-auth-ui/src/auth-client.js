import { createAuthClient } from "better-auth/react";

// AUTH_URL is filled in by build.mjs; it is empty where a proxy serves the auth server on the page's own origin.
// The client adds /api/auth itself.
export const authClient = createAuthClient({ baseURL: AUTH_URL || undefined });

// The links in mails lead to the auth server first. Where that is another origin, they need the page's address in full,
// unless the server knows it (`app_url`); then PAGE_URL may be empty.
export const pageURL = PAGE_URL ?? (AUTH_URL ? location.origin : "");
