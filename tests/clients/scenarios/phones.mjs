// The phone-number plugin: signing up with a texted code, a number for a user, and passwords by number.
import { phoneNumberClient } from "better-auth/client/plugins";

const password = "correct horse battery";
const number = "+491701234567";

export default async function phones({ visitor, step, mail }) {
  const plugins = [phoneNumberClient()];
  const nobody = visitor({ plugins });
  const pam = visitor({ plugins });
  await step("no number", nobody, (client) => client.phoneNumber.sendOtp({ phoneNumber: 5 }));
  await step("a code", pam, (client) => client.phoneNumber.sendOtp({ phoneNumber: number }));
  const { code } = await mail("code", number);
  await step("a wrong code", pam, (client) => client.phoneNumber.verify({ phoneNumber: number, code: "wrong" }));
  await step("sign-up", pam, (client) => client.phoneNumber.verify({ phoneNumber: number, code }));
  await step("session", pam, (client) => client.getSession());
  await step("a code for a password", nobody, (client) => client.phoneNumber.requestPasswordReset({ phoneNumber: number }));
  const reset = await mail("reset-code", number);
  await step("no number either", nobody, (client) => client.phoneNumber.requestPasswordReset({ phoneNumber: null }));
  await step("a short password", nobody, (client) =>
    client.phoneNumber.resetPassword({ phoneNumber: number, otp: reset.code, newPassword: "short" }),
  );
  await step("a password", nobody, (client) =>
    client.phoneNumber.resetPassword({ phoneNumber: number, otp: reset.code, newPassword: password }),
  );
  await step("sign-out", pam, (client) => client.signOut());
  await step("a wrong password", pam, (client) => client.signIn.phoneNumber({ phoneNumber: number, password: "wrong" }));
  await step("sign-in", pam, (client) => client.signIn.phoneNumber({ phoneNumber: number, password }));
  await step("another number", pam, (client) => client.phoneNumber.sendOtp({ phoneNumber: "+4930" }));
  const moved = await mail("code", "+4930");
  await step("is hers", pam, (client) =>
    client.phoneNumber.verify({ phoneNumber: "+4930", code: moved.code, updatePhoneNumber: true }),
  );
  await step("a number by hand", pam, (client) => client.updateUser({ phoneNumber: number }));
  await step("session with it", pam, (client) => client.getSession());
}
