import { passkeyClient } from "@better-auth/passkey/client";
import { emailOTPClient, magicLinkClient, multiSessionClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

// AUTH_URL is filled in by build.mjs; it is empty where a proxy serves the auth server on the page's own origin.
// The client adds /api/auth itself.
export const authClient = createAuthClient({ baseURL: AUTH_URL || undefined });

// For the page that shows the views of these plugins, which have to be on at the server.
export const pluginClient = createAuthClient({
  baseURL: AUTH_URL || undefined,
  plugins: [magicLinkClient(), emailOTPClient(), passkeyClient(), multiSessionClient()],
});

// The links in mails lead to the auth server first. Where that is another origin, they need the page's address in full,
// unless the server knows it (`app_url`); then PAGE_URL may be empty.
export const pageURL = PAGE_URL ?? (AUTH_URL ? location.origin : "");
