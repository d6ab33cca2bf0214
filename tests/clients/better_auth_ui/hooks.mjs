// What people do with the page on the hooks of @better-auth-ui/react; see play.mjs.

/** A page of our own on the hooks of @better-auth-ui/react. */
export async function hooks(person, { mail, openBrowser }) {
  const { page, step, go, follow, fill, press, photograph } = person;
  const email = "bob@example.com";
  const password = "correct horse battery";
  const card = (title) => page.locator("form", { has: page.getByRole("heading", { name: title, exact: true }) });
  const said = async (title) => ({ said: await card(title).getByRole("status").textContent() });
  const refused = async (title) => ({ refused: await card(title).getByRole("alert").textContent() });

  async function submit(title, fields, button) {
    for (const [label, value] of Object.entries(fields)) await card(title).getByLabel(label, { exact: true }).fill(value);
    await card(title).getByRole("button", { name: button }).click();
  }

  await step("hooks: sign up", async () => {
    await go("/hooks");
    await press("Create an account");
    await submit("Create an account", { Name: "Bob", "E-mail": email, Password: password }, "Create the account");
    await page.getByText("this one").waitFor();
    await photograph("hooks");
  });
  await step("hooks: change the name", async () => {
    await submit("Name", { Name: "Bob Bird" }, "Save");
    await page.getByText("Hello, Bob Bird").waitFor();
  });
  await step("hooks: change the address", async () => {
    await submit("E-mail address", { "New e-mail": "bird@example.com" }, "Change the address");
    return said("E-mail address");
  });
  await step("hooks: confirm the new address", async () => {
    await follow(await mail("verification", "bird@example.com"));
    await page.getByText("bird@example.com").waitFor();
    await page.getByText("this one").waitFor();
  });
  const elsewhere = await openBrowser();
  await elsewhere.step("hooks: sign in elsewhere", async () => {
    await elsewhere.go("/hooks");
    await elsewhere.fill({ "E-mail": "bird@example.com", Password: password });
    await elsewhere.press("Sign in");
    await elsewhere.page.getByText("this one").waitFor();
  });
  await step("hooks: revoke a session", async () => {
    await go("/hooks");
    const sessions = page.locator("section", { hasText: "Sessions" });
    await sessions.getByRole("button", { name: "Sign out" }).click();
    await sessions.getByRole("button").waitFor({ state: "detached" });
  });
  await step("hooks: change the password, the old one wrong", async () => {
    await submit("Password", { "Current password": "wrong horse", "New password": "x".repeat(9) }, "Change the password");
    return refused("Password");
  });
  await step("hooks: change the password", async () => {
    await submit("Password", { "Current password": password, "New password": "x".repeat(9) }, "Change the password");
    return said("Password");
  });
  await step("hooks: sign out", async () => {
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await page.getByText("Welcome back").waitFor();
  });
  await step("hooks: a forgotten password", async () => {
    await press("Forgot your password?");
    await submit("Forgot your password?", { "E-mail": "bird@example.com" }, "Send a link");
    return said("Forgot your password?");
  });
  await step("hooks: a new password", async () => {
    await follow(await mail("reset", "bird@example.com"));
    await submit("Choose a new password", { "New password": password }, "Save the password");
    await page.getByText("Welcome back").waitFor();
  });
  await step("hooks: sign in with a wrong password", async () => {
    await fill({ "E-mail": "bird@example.com", Password: "wrong horse" });
    await press("Sign in");
    return refused("Welcome back");
  });
  await step("hooks: sign in", async () => {
    await fill({ Password: password });
    await press("Sign in");
    await page.getByText("this one").waitFor();
  });
  await step("hooks: delete the account", async () => {
    await submit("Delete the account", { Password: password }, "Delete my account");
    return said("Delete the account");
  });
  await step("hooks: the link that deletes", async () => {
    await follow(await mail("delete-account", "bird@example.com"));
    await page.getByText("Welcome back").waitFor();
  });
}
