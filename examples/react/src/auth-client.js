import { createAuthClient } from "better-auth/react";

// The client adds /api/auth itself. AUTH_URL is filled in by build.mjs.
export const authClient = createAuthClient({ baseURL: AUTH_URL });
