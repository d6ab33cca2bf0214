// The email-otp plugin: signing up and in with a mailed code, verifying, a password, another address.
import { emailOTPClient } from "better-auth/client/plugins";

const password = "correct horse battery";
const email = "ada@example.com";

export default async function codes({ visitor, step, mail }) {
  const plugins = [emailOTPClient()];
  const nobody = visitor({ plugins });
  const ada = visitor({ plugins });
  const send = (type) => (client) => client.emailOtp.sendVerificationOtp({ email, type });
  await step("no address", nobody, (client) => client.emailOtp.sendVerificationOtp({ email: "ada", type: "sign-in" }));
  await step("no purpose", nobody, (client) => client.emailOtp.sendVerificationOtp({ email, type: "anything" }));
  await step("nothing to check", nobody, (client) => client.emailOtp.checkVerificationOtp({ email, type: "sign-in", otp: "1" }));
  await step("nothing to verify", nobody, (client) => client.emailOtp.verifyEmail({ email, otp: "1" }));
  await step("no address to reset", nobody, (client) => client.emailOtp.requestPasswordReset({ email: "ada" }));
  await step("nor by its old name", nobody, (client) => client.forgetPassword.emailOtp({ email: "ada" }));
  await step("signed out", nobody, (client) => client.emailOtp.requestEmailChange({ newEmail: "a@example.com" }));
  await step("signed out", nobody, (client) => client.emailOtp.changeEmail({ newEmail: "a@example.com", otp: "1" }));
  await step("a code", ada, send("sign-in"));
  const { otp } = await mail("otp sign-in", email);
  await step("a wrong code", ada, (client) => client.signIn.emailOtp({ email, otp: "wrong" }));
  await step("sign-up", ada, (client) => client.signIn.emailOtp({ email, otp, name: "Ada" }));
  await step("session", ada, (client) => client.getSession());
  await step("used up", nobody, (client) => client.signIn.emailOtp({ email, otp }));
  await step("a code to verify", ada, send("email-verification"));
  const verifying = await mail("otp email-verification", email);
  await step("verified", ada, (client) => client.emailOtp.verifyEmail({ email, otp: verifying.otp }));
  await step("a code for a password", nobody, (client) => client.emailOtp.requestPasswordReset({ email }));
  const reset = await mail("otp forget-password", email);
  await step("checked", nobody, (client) =>
    client.emailOtp.checkVerificationOtp({ email, type: "forget-password", otp: reset.otp }),
  );
  await step("a short password", nobody, (client) =>
    client.emailOtp.resetPassword({ email, otp: reset.otp, password: "short" }),
  );
  await step("a password", nobody, (client) => client.emailOtp.resetPassword({ email, otp: reset.otp, password }));
  await step("by its old name", nobody, (client) => client.forgetPassword.emailOtp({ email }));
  await step("sign-in by it", nobody, (client) => client.signIn.email({ email, password }));
  await step("another address", ada, (client) => client.emailOtp.requestEmailChange({ newEmail: "a@example.com" }));
  const moved = await mail("otp change-email", "a@example.com");
  await step("is hers", ada, (client) => client.emailOtp.changeEmail({ newEmail: "a@example.com", otp: moved.otp }));
  await step("session with it", ada, (client) => client.getSession());
}
