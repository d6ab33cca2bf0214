// What {"$fn": name} means in the profiles of the siwe plugin; betterauth_py/conformance/functions/siwe.py is the other
// half.

import { APIError } from "better-auth/api";
import { generateRandomString } from "better-auth/crypto";

const told = ({ message, address, chainId, cacao: { h, p, s } }) =>
  ["told", message.length, address, chainId, h.t, p.domain, p.aud, p.nonce.length, p.iss, p.version, s.t, s.s.length > 9].join(" ");

/** As an application verifies: by a library for wallets, which only the tests of the client have. */
async function recovered({ message, signature, address }) {
  const { verifyMessage } = await import(new URL("../../../tests/clients/node_modules/ethers/lib.esm/index.js", import.meta.url));
  try {
    return verifyMessage(message, signature) === address;
  } catch {
    return false;
  }
}

let nonces = 0;

export const functions = () => ({
  siweCountedNonce: () => `nonceNumber${++nonces}`,
  siweRecovered: recovered,
  siweNonce: async () => generateRandomString(32, "a-z", "A-Z", "0-9"),
  siweShortNonce: () => "short",
  siweVerify: async (data) => {
    if (data.signature === "fails") throw new Error("the chain does not answer");
    if (data.signature === "refuses") throw new APIError("FORBIDDEN", { message: "Not this wallet", code: "KEPT" });
    return data.signature === "good" || data.signature === told(data);
  },
  siweNamed: ({ walletAddress }) => ({ name: { a: "Nobody", b: "Terse", c: "Broken", e: "Thrower" }[walletAddress.slice(-1).toLowerCase()] }),
  siweEns: async ({ walletAddress }) =>
    walletAddress.endsWith("d") ? { name: "ada.eth", avatar: "https://ens.example/ada.png" } : walletAddress.endsWith("9") ? { name: "only.eth" } : null,
});
