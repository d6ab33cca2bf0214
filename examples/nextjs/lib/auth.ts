import { betterAuth } from "better-auth";
import { jwt } from "better-auth/plugins";
import { Pool } from "pg";

export const auth = betterAuth({
  database: new Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  rateLimit: { customRules: { "/get-session": false } }, // the Python service sends many requests from one address
  plugins: [jwt()], // only the third option below needs it
});
