// The passkey plugin, with an authenticator of software in the place of the browser's.
// tests/plugins/passkey/browser.mjs plays it in Chromium.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { passkeyClient } from "@better-auth/passkey/client";

const sha256 = (data) => createHash("sha256").update(data).digest();
const hex = (text) => Buffer.from(text, "hex");
// PKCS 8 (RFC 8410) of an Ed25519 key that is the same each time.
const key = createPrivateKey({
  key: Buffer.concat([hex("302e020100300506032b657004220420"), sha256("passkeys")]),
  format: "der",
  type: "pkcs8",
});
const publicKey = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x, "base64url");
const id = sha256("the credential");
const text = (data) => Buffer.from(data).toString("base64url");

/** Puts the authenticator in place for a page at `origin`. */
function installAuthenticator(origin) {
  let counter = 0;
  const clientData = (type, { challenge }) =>
    Buffer.from(JSON.stringify({ type, challenge: text(challenge), origin, crossOrigin: false }));
  const data = (flags) => Buffer.concat([sha256("localhost"), hex(flags), Buffer.from([0, 0, 0, counter++])]);
  const credential = (response) => ({
    id: text(id),
    rawId: id,
    type: "public-key",
    response,
    getClientExtensionResults: () => ({}),
  });
  const credentials = {
    async create({ publicKey: options }) {
      const length = Buffer.from([0, id.length]);
      const attested = Buffer.concat([data("45"), Buffer.alloc(16), length, id, hex("a4010103272006215820"), publicKey]);
      const head = hex("a363666d74646e6f6e656761747453746d74a0686175746844617461");
      const attestationObject = Buffer.concat([head, Buffer.from([0x58, attested.length]), attested]);
      const clientDataJSON = clientData("webauthn.create", options);
      return credential({ clientDataJSON, attestationObject, getTransports: () => ["internal"] });
    },
    async get({ publicKey: options }) {
      const clientDataJSON = clientData("webauthn.get", options);
      const authenticatorData = data("05");
      const signature = sign(null, Buffer.concat([authenticatorData, sha256(clientDataJSON)]), key);
      return credential({ clientDataJSON, authenticatorData, signature, userHandle: id });
    },
  };
  globalThis.PublicKeyCredential = class {};
  Object.defineProperty(globalThis, "navigator", { value: { credentials }, configurable: true });
}

export default async function passkeys({ visitor, step, baseURL }) {
  const plugins = [passkeyClient()];
  const nobody = visitor({ plugins });
  const pia = visitor({ plugins });
  await step("sign-up", pia, (client) =>
    client.signUp.email({ name: "Pia", email: "pia@example.com", password: "correct horse battery" }),
  );
  await step("no authenticator", pia, (client) => client.passkey.addPasskey({ name: "Laptop", context: "a" }));
  await step("no authenticator either", nobody, (client) => client.signIn.passkey());
  installAuthenticator(new URL(baseURL).origin);
  await step("no session", nobody, (client) => client.passkey.addPasskey());
  await step("no passkeys", nobody, (client) => client.passkey.listUserPasskeys());
  await step("nobody's passkey", nobody, (client) => client.signIn.passkey());
  await step("a passkey", pia, (client) =>
    client.passkey.addPasskey({ name: "Laptop", authenticatorAttachment: "platform", returnWebAuthnResponse: true }),
  );
  await step("passkeys", pia, (client) => client.passkey.listUserPasskeys());
  await step("sign-in", nobody, (client) => client.signIn.passkey());
  await step("session", nobody, (client) => client.getSession());
  const { data } = await pia.client.passkey.listUserPasskeys();
  await step("another name", pia, (client) => client.passkey.updatePasskey({ id: data[0].id, name: "Work" }));
  await step("no name", pia, (client) => client.passkey.updatePasskey({ id: data[0].id, name: " " }));
  await step("no passkey", pia, (client) => client.passkey.deletePasskey({ id: "x" }));
  await step("one passkey less", pia, (client) => client.passkey.deletePasskey({ id: data[0].id }));
  await step("no sign-in", nobody, (client) => client.signIn.passkey());
  await step("no such method", pia, (client) =>
    client.$fetch("/passkey/generate-authenticate-options", { method: "POST", body: {} }),
  );
  await step("nothing to add", pia, (client) =>
    client.$fetch("/passkey/verify-registration", { method: "POST", body: { response: {} } }),
  );
}
