// Providers: sent to their page, signed in and linked with ID tokens, and the tokens of accounts.
export default async function social({ visitor, step }) {
  const nobody = visitor();
  await step("to the provider's page", nobody, (client) =>
    client.signIn.social({ provider: "google", callbackURL: "/in", errorCallbackURL: "/oops", scopes: ["calendar"], loginHint: "ada", disableRedirect: true }),
  );
  await step("to a provider that is not there", nobody, (client) => client.signIn.social({ provider: "github" }));
  await step("with an ID token that is not good", nobody, (client) =>
    client.signIn.social({ provider: "google", idToken: { token: "bad" } }),
  );
  await step("a link without a session", nobody, (client) => client.linkSocial({ provider: "google" }));
  await step("a token without a session", nobody, (client) => client.getAccessToken({ accountId: "any" }));
  await step("a refresh without a session", nobody, (client) => client.refreshToken({ accountId: "any" }));
  await step("a profile without a session", nobody, (client) => client.accountInfo({ query: { accountId: "any" } }));

  const ada = visitor();
  await step("with an ID token", ada, (client) =>
    client.signIn.social({ provider: "google", idToken: { token: "ada", accessToken: "access of ada", nonce: "n" } }),
  );
  await step("session", ada, (client) => client.getSession());
  await step("a link to its page", ada, (client) =>
    client.linkSocial({ provider: "google", callbackURL: "/in", disableRedirect: true }),
  );
  await step("a link of the same by ID token", ada, (client) =>
    client.linkSocial({ provider: "google", idToken: { token: "ada", accessToken: "new access", refreshToken: "refresh" } }),
  );
  await step("a link of somebody else's address", ada, (client) =>
    client.linkSocial({ provider: "google", idToken: { token: "bob" } }),
  );
  const [{ id: accountId }] = await step("accounts", ada, (client) => client.listAccounts());
  await step("its token", ada, (client) => client.getAccessToken({ accountId }));
  await step("its tokens, refreshed", ada, (client) => client.refreshToken({ accountId }));
  await step("its profile", ada, (client) => client.accountInfo({ query: { accountId } }));
  await step("another's", ada, (client) => client.getAccessToken({ accountId: "another" }));
}
