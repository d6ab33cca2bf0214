// What people do with the views of @daveyplate/better-auth-ui; see play.mjs.

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** The views of @daveyplate/better-auth-ui, as they are. */
export async function views(person, { mail, openBrowser }) {
  const { page, step, go, follow, fill, press, toast, photograph } = person;
  const email = "ada@example.com";
  const password = "correct horse battery";

  await step("views: the account needs a session", async () => {
    await go("/account/security");
    await page.getByRole("button", { name: "Login" }).waitFor();
    await photograph("sign-in");
  });
  await step("views: sign up", async () => {
    await page.getByRole("link", { name: "Sign Up" }).click();
    await fill({ Name: "Ada Lovelace", Email: email, Password: password, "Confirm Password": password });
    await photograph("sign-up");
    await press("Create an account");
    await page.getByText("Current Session").waitFor();
  });
  await step("views: sign out", async () => {
    await page.locator("header button").click();
    await photograph("menu");
    await page.getByRole("menuitem", { name: "Sign Out" }).click();
    await page.getByRole("button", { name: "Login" }).waitFor();
  });
  await step("views: sign up with a taken address", async () => {
    await go("/auth/sign-up");
    await fill({ Name: "Eve", Email: email, Password: password, "Confirm Password": password });
    await press("Create an account");
    return toast();
  });
  await step("views: sign in with a wrong password", async () => {
    await go("/auth/sign-in");
    await fill({ Email: email, Password: "wrong horse" });
    await press("Login");
    const said = await toast();
    await photograph("sign-in-error");
    return said;
  });
  await step("views: sign in, not to be remembered", async () => {
    await go("/auth/sign-in?redirectTo=/account/settings");
    await fill({ Email: email, Password: password });
    await press("Login");
    await page.getByText("Verify Your Email", { exact: true }).waitFor();
    await photograph("settings");
    return { cookies: await person.cookies() };
  });
  await step("views: change the name", async () => {
    await page.locator("input[name=name]").fill("Ada King");
    await save("name");
    return toast();
  });
  await step("views: an avatar", async () => {
    await page.locator("input[type=file]").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PIXEL });
    await page.locator("main img").waitFor();
  });
  await step("views: ask for a verification mail", async () => {
    await press("Resend Verification Email");
    return toast();
  });
  await step("views: verify the address", async () => {
    await follow(await mail("verification", email));
  });
  await step("views: change the address", async () => {
    await go("/account/settings");
    await page.locator("input[name=email]").fill("king@example.com");
    await save("email");
    return toast();
  });
  const confirmation = await mail("verification", "king@example.com");
  await step("views: confirm the new address", () => follow(confirmation));

  const elsewhere = await openBrowser();
  await elsewhere.step("views: sign in elsewhere", async () => {
    await elsewhere.go("/auth/sign-in");
    await elsewhere.fill({ Email: "king@example.com", Password: password });
    await elsewhere.press("Login");
    await elsewhere.page.getByText("Hello, Ada King").waitFor();
  });
  await step("views: the sessions", async () => {
    await go("/account/security");
    await page.getByRole("button", { name: "Revoke" }).waitFor();
    await photograph("security");
  });
  await step("views: revoke a session", async () => {
    await press("Revoke");
    await page.getByRole("button", { name: "Revoke" }).waitFor({ state: "detached" });
  });
  await elsewhere.step("views: the revoked session is over", async () => {
    await elsewhere.go("/account/settings");
    await elsewhere.page.getByRole("button", { name: "Login" }).waitFor();
  });

  const changed = "staple battery horse";
  const change = (current) => ({ "Current Password": current, "New Password": changed, "Confirm Password": changed });
  await step("views: change the password, the old one wrong", async () => {
    await fill(change("wrong horse"));
    await save("currentPassword");
    return toast();
  });
  await step("views: change the password", async () => {
    await fill(change(password));
    await save("currentPassword");
    return toast();
  });
  await step("views: sign out of this session", async () => {
    await page.reload(); // the password's change has made a new session, which the list on the page does not know yet
    await press("Sign Out");
    await page.getByRole("button", { name: "Login" }).waitFor();
  });
  await step("views: a forgotten password", async () => {
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await fill({ Email: "king@example.com" });
    await photograph("forgot-password");
    await press("Send reset link");
    return toast();
  });
  const resetMail = await mail("reset", "king@example.com");
  await step("views: the link of the mail", async () => {
    await follow(resetMail);
    await page.getByRole("button", { name: "Save new password" }).waitFor();
    await photograph("reset-password");
  });
  await step("views: a new password", async () => {
    await fill({ "New Password": password, "Confirm Password": password });
    await press("Save new password");
    return toast();
  });
  await step("views: the link once more", async () => {
    await follow(resetMail);
    return toast();
  });
  await step("views: sign in with the new password", async () => {
    await go("/auth/sign-in?redirectTo=/account/security");
    await fill({ Email: "king@example.com", Password: password });
    await page.getByLabel("Remember me").check();
    await press("Login");
    await page.getByText("Current Session").waitFor();
    return { cookies: await person.cookies() };
  });
  await step("views: delete the account", async () => {
    await press("Delete Account");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Password").fill(password);
    await photograph("delete");
    await dialog.getByRole("button", { name: "Delete Account" }).click();
    const said = await toast();
    await dialog.waitFor({ state: "detached" });
    return said;
  });
  await step("views: the link that deletes", async () => {
    await follow(await mail("delete-account", "king@example.com"));
    await page.getByRole("button", { name: "Login" }).waitFor();
    return { cookies: await person.cookies() };
  });

  /** Presses the button of the card that this field is in. */
  async function save(field) {
    await page.locator("form", { has: page.locator(`input[name=${field}]`) }).getByRole("button", { name: "Save" }).click();
  }
}

/** The views whose mails lead from the auth server back to the page. */
export async function links({ page, step, go, follow, fill, press, toast }, { mail }) {
  const email = "lin@example.com";
  const password = "correct horse battery";

  await step("links: sign up", async () => {
    await go("/auth/sign-up");
    await fill({ Name: "Lin", Email: email, Password: password, "Confirm Password": password });
    await press("Create an account");
    await page.getByText("Hello, Lin").waitFor();
  });
  await step("links: a forgotten password", async () => {
    await go("/auth/forgot-password");
    await fill({ Email: email });
    await press("Send reset link");
    return toast();
  });
  await step("links: a new password", async () => {
    await follow(await mail("reset", email));
    await fill({ "New Password": "staple battery", "Confirm Password": "staple battery" });
    await press("Save new password");
    return toast();
  });
  await step("links: verify the address", async () => {
    await go("/account/settings");
    await press("Resend Verification Email");
    await follow(await mail("verification", email));
  });
  await step("links: change the address", async () => {
    await go("/account/settings");
    await page.locator("input[name=email]").fill("new@example.com");
    await page.locator("form", { has: page.locator("input[name=email]") }).getByRole("button", { name: "Save" }).click();
    const said = await toast();
    await follow(await mail("verification", "new@example.com"));
    return said;
  });
  await step("links: delete the account", async () => {
    await go("/account/security");
    await press("Delete Account");
    await page.getByRole("dialog").getByLabel("Password").fill("staple battery");
    await page.getByRole("dialog").getByRole("button", { name: "Delete Account" }).click();
    const said = await toast();
    await follow(await mail("delete-account", "new@example.com"));
    await page.getByRole("button", { name: "Login" }).waitFor();
    return said;
  });
}
