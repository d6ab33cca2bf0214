// What people do with the views that @daveyplate/better-auth-ui has for plugins; see play.mjs.

/** Mailed links and codes, passkeys, and several accounts in one browser. */
export async function plugins(person, { mail }) {
  const { page, step, go, follow, fill, press, toast, photograph } = person;
  const at = (path) => go(`/plugins${path}`);
  const greeted = (name) => page.getByText(`Hello, ${name}`).waitFor();
  const authenticator = await addAuthenticator(page);
  const ada = "ada@example.com";
  const bob = "bob@example.com";

  await step("plugins: sign up", async () => {
    await at("/auth/sign-up");
    await fill({ Name: "Ada", Email: ada, Password: "correct horse", "Confirm Password": "correct horse" });
    await press("Create an account");
    await greeted("Ada");
  });

  await step("passkeys: none yet", async () => {
    await at("/account/security");
    await page.getByRole("button", { name: "Add Passkey" }).waitFor();
  });
  await step("passkeys: add", async () => {
    await press("Add Passkey");
    await page.getByRole("button", { name: "Delete", exact: true }).waitFor();
    await photograph("passkeys");
  });
  // The view says nothing then.
  await step("passkeys: the same authenticator once more", () => press("Add Passkey"));
  // Signing out here would race with the list of accounts that the page asks for.
  async function goSignedOut() {
    await page.context().clearCookies();
    await at("/auth/sign-in");
  }

  await step("passkeys: sign in", async () => {
    await goSignedOut();
    await page.getByRole("button", { name: "Sign in with Passkey" }).click();
    await greeted("Ada");
  });
  await step("passkeys: delete", async () => {
    await at("/account/security");
    const remove = page.getByRole("button", { name: "Delete", exact: true });
    await remove.click();
    await remove.waitFor({ state: "detached" });
  });
  await step("passkeys: sign in with the deleted one", async () => {
    await goSignedOut();
    await page.getByRole("button", { name: "Sign in with Passkey" }).click();
    return toast();
  });
  await authenticator.remove();

  await step("magic link: ask for one", async () => {
    await at("/auth/magic-link");
    await fill({ Email: ada });
    await photograph("magic-link");
    await press("Send magic link");
    return toast();
  });
  const link = await mail("magic-link", ada);
  await step("magic link: follow it", async () => {
    await follow(link);
    await greeted("Ada");
  });
  await step("magic link: once more", async () => {
    await follow(link);
    // The menu of accounts asks for them a moment later.
    await page.waitForLoadState("networkidle");
  });

  await step("email OTP: another account, the code wrong", async () => {
    await at("/auth/email-otp");
    await fill({ Email: bob });
    await press("Send code");
    await page.locator("input[name=code]").fill("000000");
    const said = await toast();
    await photograph("email-otp");
    return said;
  });
  await step("email OTP: the code", async () => {
    await page.locator("input[name=code]").fill((await mail("otp sign-in", bob)).otp);
    await page.getByRole("heading", { name: /^Hello/ }).waitFor();
  });

  const menu = (address) => page.getByRole("menuitem").filter({ hasText: address });
  await step("accounts: the menu has both", async () => {
    await page.locator("header button").click();
    await menu(ada).waitFor();
    await photograph("accounts-menu");
  });
  await step("accounts: switch in the menu", async () => {
    await menu(ada).click();
    await greeted("Ada");
  });
  const card = (address) => page.locator("main [data-slot=card]", { hasText: address }).last();
  await step("accounts: the list", async () => {
    await at("/account/settings");
    await card(bob).waitFor();
    await photograph("accounts");
  });
  await step("accounts: switch in the list", async () => {
    await card(bob).getByRole("button").click();
    await page.getByRole("menuitem", { name: "Switch Account" }).click();
    await page.locator("input[name=email]").and(page.locator(`[value="${bob}"]`)).waitFor();
  });
  await step("accounts: end the other one's session", async () => {
    await card(ada).getByRole("button").click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await card(ada).waitFor({ state: "detached" });
  });
}

/** The virtual authenticator of the browser's DevTools. */
async function addAuthenticator(page) {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await protocol.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    }, // prettier-ignore
  });
  return { remove: () => protocol.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }) };
}
