// The i18n plugin: what a page shows of an error, in the language of the browser and of a cookie.
import { i18nClient } from "@better-auth/i18n/client";

const password = "correct horse battery";
const wrong = { email: "lena@example.com", password: "wrong" };

export default async function locales({ visitor, step }) {
  const lena = visitor({ plugins: [i18nClient()] });
  const speaking = (language) => ({ headers: { "accept-language": language } });
  await step("sign-up", lena, (client) => client.signUp.email({ name: "Lena", email: "lena@example.com", password }));
  for (const language of ["de-AT,de;q=0.9", "fr", "it;q=0.5, fr;q=0.4"])
    await step(`a wrong password, ${language}`, lena, (client) => client.signIn.email(wrong, speaking(language)));
  await step("a taken address", lena, (client) =>
    client.signUp.email({ name: "Lena", email: "lena@example.com", password }, speaking("de")));
  await step("an error that is thrown", lena, (client) =>
    client.signIn.email({ ...wrong, fetchOptions: { throw: true, ...speaking("de") } }));
  await step("no error", lena, (client) => client.getSession({ fetchOptions: speaking("de") }));
}
