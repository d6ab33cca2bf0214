// The pages of a television and of the user who approves it, on better-auth's own client. `?user_code=` is the user's.
import { createAuthClient } from "better-auth/client";
import { deviceAuthorizationClient } from "better-auth/client/plugins";

const client = createAuthClient({ baseURL: AUTH_URL, plugins: [deviceAuthorizationClient()] });
const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
const show = (id, text) => {
  const shown = document.createElement("p");
  Object.assign(shown, { id, textContent: text });
  document.body.append(shown);
};

async function watch() {
  const { data: codes } = await client.device.code({ client_id: "tv", scope: "profile" });
  show("code", codes.user_code);
  show("link", codes.verification_uri_complete);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, codes.interval * 1000));
    const { data, error } = await client.device.token({ grant_type, device_code: codes.device_code, client_id: "tv" });
    if (error?.error === "authorization_pending" || error?.error === "slow_down") continue;
    if (error) return show("outcome", error.error);
    const headers = { authorization: `Bearer ${data.access_token}` };
    const session = await client.getSession({ fetchOptions: { headers } });
    return show("outcome", session.data.user.name);
  }
}

async function approve(user_code) {
  const { data: session } = await client.getSession();
  if (!session) return show("outcome", "sign in first");
  const { data: request, error } = await client.device({ query: { user_code } });
  if (error) return show("outcome", error.error_description);
  show("request", `${request.client_id} wants ${request.scope}`);
  for (const decision of ["approve", "deny"]) {
    const button = document.createElement("button");
    button.textContent = decision;
    button.onclick = async () => {
      const answer = await client.device[decision]({ userCode: user_code });
      show("outcome", answer.data?.success ? `${decision}: done` : answer.error.error_description);
    };
    document.body.append(button);
  }
}

globalThis.signUp = (name) =>
  client.signUp.email({ name, email: `${name}@example.com`, password: "correct horse battery" });
const code = new URLSearchParams(location.search).get("user_code");
if (location.hash !== "#idle") await (code === null ? watch() : approve(code));
