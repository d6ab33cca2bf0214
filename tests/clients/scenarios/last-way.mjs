// The last-login-method plugin: what a page reads of the cookie, as better-auth's client reads it.
import { lastLoginMethodClient } from "better-auth/client/plugins";

const password = "correct horse battery";

export default async function lastWay({ visitor, step }) {
  const wanda = visitor({ plugins: [lastLoginMethodClient()] });
  const page = { cookie: "" };
  globalThis.document = page;
  const shown = () => wanda.client.getLastUsedLoginMethod();
  await step("nothing yet", wanda, async () => ({ method: shown() }));
  await step("sign-up", wanda, (client) => client.signUp.email({ name: "Wanda", email: "wanda@example.com", password }));
  page.cookie = wanda.exchanges[0].response.set_cookie.map((line) => line.split(";")[0]).join("; ");
  const is = (client, method) => client.isLastUsedLoginMethod(method);
  await step("by e-mail", wanda, async (client) => ({ method: shown(), email: is(client, "email"), google: is(client, "google") }));
  await step("forgotten", wanda, async (client) => {
    client.clearLastUsedLoginMethod();
    return { cookie: page.cookie };
  });
  await step("a wrong password", wanda, (client) => client.signIn.email({ email: "wanda@example.com", password: "wrong" }));
  await step("sign-in", wanda, (client) => client.signIn.email({ email: "wanda@example.com", password }));
  await step("session", wanda, (client) => client.getSession());
  delete globalThis.document;
}
