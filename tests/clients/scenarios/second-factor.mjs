// The two-factor plugin: an app, codes that are sent and codes on paper, a challenge and a trusted device.
import { createHmac } from "node:crypto";
import { twoFactorClient } from "better-auth/client/plugins";

const password = "correct horse battery";
const email = "ada@example.com";

/** What an authenticator app shows of the URI in a QR code (RFC 6238). */
function shown(uri) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...new URL(uri).searchParams.get("secret")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export default async function secondFactor({ visitor, step, mail }) {
  const told = [];
  const plugins = [twoFactorClient({ onTwoFactorRedirect: (methods) => void told.push(methods) })];
  const nobody = visitor({ plugins });
  const ada = visitor({ plugins });
  const elsewhere = visitor({ plugins });
  for (const method of ["enable", "disable", "getTotpUri", "generateBackupCodes"])
    await step(`${method} of nobody`, nobody, (client) => client.twoFactor[method]({ password }));
  for (const method of ["verifyTotp", "verifyOtp", "verifyBackupCode"])
    await step(`${method} of nobody`, nobody, (client) => client.twoFactor[method]({ code: "000000" }));
  await step("a code for nobody", nobody, (client) => client.twoFactor.sendOtp());
  await step("Ada", ada, (client) => client.signUp.email({ name: "Ada", email, password }));
  await step("a wrong password", ada, (client) => client.twoFactor.enable({ password: "wrong horse battery" }));
  const { totpURI, backupCodes } = await step("enabled", ada, (client) => client.twoFactor.enable({ password }));
  await step("the URI", ada, (client) => client.twoFactor.getTotpUri({ password }));
  await step("a wrong code", ada, (client) => client.twoFactor.verifyTotp({ code: "no" }));
  await step("confirmed", ada, (client) => client.twoFactor.verifyTotp({ code: shown(totpURI) }));
  await step("the session", ada, (client) => client.getSession());
  const signIn = (client) => client.signIn.email({ email, password });
  await step("challenged", elsewhere, signIn);
  await step("by the app", elsewhere, (client) => client.twoFactor.verifyTotp({ code: shown(totpURI) }));
  await step("challenged", elsewhere, signIn);
  await step("a code", elsewhere, (client) => client.twoFactor.sendOtp());
  const { otp } = await mail("two-factor", email);
  await step("by a code", elsewhere, (client) => client.twoFactor.verifyOtp({ code: otp }));
  await step("challenged", elsewhere, signIn);
  await step("by paper", elsewhere, (client) =>
    client.twoFactor.verifyBackupCode({ code: backupCodes[0], trustDevice: true }),
  );
  await step("trusted", elsewhere, signIn);
  await step("new codes", elsewhere, (client) => client.twoFactor.generateBackupCodes({ password }));
  await step("off", elsewhere, (client) => client.twoFactor.disable({ password }));
  await step("what it was told", nobody, async () => told);
}
