// What people do with the buttons of providers that @daveyplate/better-auth-ui has; see play.mjs.

/** A sign-in with a provider, and the accounts in the settings; both buttons lead to identity_provider.mjs. */
export async function social(person) {
  const { page, step, go, fill, press, toast, photograph } = person;
  const email = "sol@example.com";
  const card = page.locator("main [data-slot=card]", { has: page.getByText("Providers", { exact: true }) }).first();
  const cells = (name) => card.locator("[data-slot=card]", { hasText: name });
  const atProvider = () => page.waitForURL("**/interaction/**");

  await step("social: the buttons", async () => {
    await go("/social/auth/sign-in");
    await page.getByRole("button", { name: "Sign in with GitHub" }).waitFor();
    await photograph("social-sign-in");
  });
  await step("social: sign in with GitHub", async () => {
    await go("/social/auth/sign-in");
    await press("Sign in with GitHub");
    await atProvider();
    await fill({ "E-mail": email, Name: "Sol" });
    await press("Log in");
    await press("Allow");
    await page.getByText("Hello, Sol").waitFor();
  });
  await step("social: the linked accounts", async () => {
    await go("/social/account/security");
    await card.getByRole("button", { name: "Unlink" }).waitFor();
    await card.getByText(email).waitFor();
    await photograph("social-accounts");
  });
  await step("social: unlink the only one", async () => {
    await cells("GitHub").getByRole("button", { name: "Unlink" }).click();
    return toast();
  });
  await step("social: link another", async () => {
    await cells("Google").getByRole("button", { name: "Link", exact: true }).click();
    await atProvider();
    await press("Allow");
    await page.waitForURL("**/social/account/security");
    await card.getByRole("button", { name: "Unlink" }).nth(1).waitFor();
    await card.getByText(email).nth(1).waitFor();
  });
  await step("social: unlink it", async () => {
    await cells("Google").getByRole("button", { name: "Unlink" }).click();
    await cells("Google").getByRole("button", { name: "Unlink" }).waitFor({ state: "detached" });
  });
}
