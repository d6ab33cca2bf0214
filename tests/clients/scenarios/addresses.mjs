// Addresses: verified and changed.
const email = "eve@example.com";
const changed = "eva@example.com";
const password = "correct horse battery";
// A call without arguments would be a GET: the client does not know better.
const asPost = { method: "POST" };

export default async function addresses({ visitor, step, mail, landing }) {
  const eve = visitor();
  const nobody = visitor();
  const max = visitor();
  await step("sign-up", eve, (client) => client.signUp.email({ name: "Eve", email, password, callbackURL: "/hello" }));
  await step("sign-up of another", max, (client) =>
    client.signUp.email({ name: "Max", email: "max@example.com", password }),
  );

  await step("verification for no address", nobody, (client) => client.sendVerificationEmail({ fetchOptions: asPost }));
  await step("verification for an invalid address", nobody, (client) =>
    client.sendVerificationEmail({ email: "nobody" }),
  );
  await step("verification for an unknown address", nobody, (client) =>
    client.sendVerificationEmail({ email: "nobody@example.com" }),
  );
  await step("verification that leads to a foreign site", nobody, (client) =>
    client.sendVerificationEmail({ email, callbackURL: "https://evil.example" }),
  );
  await step("verification for the address of another", eve, (client) =>
    client.sendVerificationEmail({ email: "max@example.com" }),
  );
  await step("verification asked for by a stranger", nobody, (client) => client.sendVerificationEmail({ email }));
  const { token } = await mail("verification", email);
  await step("verification", eve, (client) =>
    client.sendVerificationEmail({ email, callbackURL: `${landing}/verified?a=b` }),
  );
  const { url } = await mail("verification", email);

  await step("verify without a token", nobody, (client) => client.verifyEmail({ query: {} }));
  await step("verify with a wrong token", nobody, (client) => client.verifyEmail({ query: { token: "wrong" } }));
  await step("verify with a wrong token and a callback", nobody, (client) =>
    client.verifyEmail({ query: { token: "wrong", callbackURL: `${landing}/verified` } }),
  );
  await step("verify with a foreign callback", nobody, (client) =>
    client.verifyEmail({ query: { token, callbackURL: "https://evil.example" } }),
  );
  await step("verify", eve, (client) => client.verifyEmail({ query: { token } }));
  await step("verify again", eve, (client) => client.verifyEmail({ query: { token } }));
  await step("the link of the mail", eve, (client) => client.$fetch(url));
  await step("the link of the mail, not followed", eve, (client) => client.$fetch(url, { redirect: "manual" }));
  await step("is verified", eve, (client) => client.getSession());
  await step("verification for a verified address", eve, (client) => client.sendVerificationEmail({ email }));

  await step("change without a session", nobody, (client) => client.changeEmail({ newEmail: changed }));
  await step("change to nothing", eve, (client) => client.changeEmail({ fetchOptions: asPost }));
  await step("change to an invalid address", eve, (client) => client.changeEmail({ newEmail: "nobody" }));
  await step("change to the same address", eve, (client) => client.changeEmail({ newEmail: email }));
  await step("change to the address of another", eve, (client) => client.changeEmail({ newEmail: "max@example.com" }));
  await step("change that leads to a foreign site", eve, (client) =>
    client.changeEmail({ newEmail: changed, callbackURL: "https://evil.example" }),
  );
  await step("change", eve, (client) =>
    client.changeEmail({ newEmail: changed.toUpperCase(), callbackURL: `${landing}/changed` }),
  );
  await step("not yet changed", eve, (client) => client.getSession());
  const { url: link } = await mail("verification", changed);
  await step("the link with the session of another", max, (client) => client.$fetch(link));
  await step("the link to the new address", eve, (client) => client.$fetch(link, { redirect: "manual" }));
  await step("the same link again", eve, (client) => client.$fetch(link));
  await step("changed", eve, (client) => client.getSession());
  await step("sign-in with the old address", nobody, (client) => client.signIn.email({ email, password }));
  await step("sign-in with the new address", nobody, (client) =>
    client.signIn.email({ email: changed, password, callbackURL: `${landing}/welcome` }),
  );
}
