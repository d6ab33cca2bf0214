// What better-auth's own openAPI plugin says of the core endpoints and of the plugins that this server has, on standard output.

import { expo } from "@better-auth/expo";
import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import * as known from "better-auth/plugins";
import { electron } from "@better-auth/electron";
import { oneTap } from "better-auth/plugins/one-tap";

const plugins = [
  known.openAPI(),
  known.admin(),
  known.anonymous(),
  known.deviceAuthorization(),
  known.emailOTP({ sendVerificationOTP: async () => {} }),
  expo(),
  electron(),
  known.jwt(),
  known.magicLink({ sendMagicLink: async () => {} }),
  known.multiSession(),
  known.oauthPopup(),
  known.oAuthProxy(),
  oneTap({ clientId: "x" }),
  known.organization({ teams: { enabled: true }, dynamicAccessControl: { enabled: true } }),
  passkey(),
  known.oneTimeToken(),
  known.phoneNumber({ sendOTP: () => {} }),
  known.siwe({ domain: "x" }),
  known.twoFactor({ otpOptions: { sendOTP: async () => {} } }),
  known.username(),
];
const tables = Object.values(getAuthTables({ plugins })).map(({ modelName }) => [modelName, []]);

const auth = betterAuth({
  baseURL: "http://localhost:3000",
  secret: "the-conformance-secret-0123456789-abcdefghij",
  telemetry: { enabled: false },
  logger: { disabled: true },
  emailAndPassword: { enabled: true },
  user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },
  database: memoryAdapter(Object.fromEntries(tables)),
  plugins,
});
process.stdout.write(JSON.stringify(await auth.api.generateOpenAPISchema()));
