// What better-auth's own openAPI plugin says of the core endpoints and of the plugins that this server has, on standard output.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { jwt, oauthPopup, openAPI, phoneNumber, siwe, username } from "better-auth/plugins";
import { oAuthProxy } from "better-auth/plugins";
import { oneTap } from "better-auth/plugins/one-tap";

const auth = betterAuth({
  baseURL: "http://localhost:3000",
  secret: "the-conformance-secret-0123456789-abcdefghij",
  telemetry: { enabled: false },
  logger: { disabled: true },
  emailAndPassword: { enabled: true },
  user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [], walletAddress: [] }),
  plugins: [openAPI(), jwt(), oauthPopup(), oAuthProxy(), oneTap({ clientId: "x" }), phoneNumber({ sendOTP: () => {} }), siwe({ domain: "x" }), username()],
});
process.stdout.write(JSON.stringify(await auth.api.generateOpenAPISchema()));
