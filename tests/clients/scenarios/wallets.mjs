// The siwe plugin: a wallet of ethers, a library that wallets are made with, signs messages of EIP-4361.
import { siweClient } from "better-auth/client/plugins";
import { Wallet } from "ethers";

const wallet = new Wallet(`0x${"11".repeat(32)}`);
const other = new Wallet(`0x${"22".repeat(32)}`);

const message = (nonce, { domain = "app.test", address = wallet.address, chain = 1, rest = "" } = {}) =>
  `${domain} wants you to sign in with your Ethereum account:\n${address}\n\nWelcome, Wörld.\n\n` +
  `URI: https://app.test/in\nVersion: 1\nChain ID: ${chain}\nNonce: ${nonce}\nIssued At: 2026-11-30T12:00:00.000Z${rest}`;

export default async function wallets({ visitor, step }) {
  const ada = visitor({ plugins: [siweClient()] });
  let nonce;
  const ask = () => step("nonce", ada, async (client) => {
    const answer = await client.siwe.nonce({});
    nonce = answer.data.nonce;
    return answer;
  });
  const sign = async (name, text, by = wallet, changed = (signature) => signature) => {
    const signature = changed(await by.signMessage(text));
    await step(name, ada, (client) => client.siwe.verify({ message: text, signature }));
  };
  await step("a nonce for something", ada, (client) => client.siwe.nonce({ walletAddress: wallet.address }));
  await step("the other name", ada, (client) => client.siwe.getNonce({}));
  await step("the other name for something", ada, (client) => client.siwe.getNonce({ chainId: 1 }));
  await ask();
  await sign("another wallet's signature", message(nonce), other);
  await sign("its nonce once more", message(nonce));
  await ask();
  await sign("another domain", message(nonce, { domain: "evil.test" }));
  await ask();
  await sign("expired", message(nonce, { rest: "\nExpiration Time: 2001-01-01T00:00:00.000Z" }));
  await ask();
  await sign("sign-in", message(nonce, { rest: "\nExpiration Time: 2999-01-01T00:00:00.000Z\nResources:\n- https://app.test/terms" }));
  await step("session", ada, (client) => client.getSession());
  await ask();
  await sign("another chain, v of a hardware wallet", message(nonce, { chain: 137 }), wallet, (signature) =>
    signature.slice(0, -2) + (signature.endsWith("1b") ? "00" : "01"),
  );
  await step("accounts", ada, (client) => client.listAccounts());
}
