import { createAuthClient } from "better-auth/client";

// Both are filled in by build.mjs.
const authClient = createAuthClient({ baseURL: AUTH_URL });
const serviceURL = API_URL;

const $ = (id) => document.getElementById(id);
let isNew = true;

/** Calls the Python service with the session's cookie, and shows what it answers. */
async function call(method, path, body) {
  $("called").textContent = `${method} ${path}`;
  $("status").hidden = true;
  try {
    const response = await fetch(serviceURL + path, {
      method,
      credentials: "include",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    show(response.status, response.statusText, await response.json());
  } catch {
    show(0, "no answer", "The service does not answer. Is it running?");
  }
}

function show(status, text, body) {
  const kind = status >= 200 && status < 300 ? "good" : status === 401 ? "unknown" : "bad";
  $("status").textContent = `${status || ""} ${text}`.trim();
  $("status").className = `status ${kind}`;
  $("status").hidden = false;
  $("body").textContent = typeof body === "string" ? body : JSON.stringify(body, null, 2);
}

/** Asks the auth server who is signed in, and shows the form or the account. */
async function refresh() {
  const { data: session, error } = await authClient.getSession().catch(() => ({ error: {} }));
  $("credentials").hidden = Boolean(session);
  $("account").hidden = !session;
  if (session) {
    const { name, email } = session.user;
    $("user-name").textContent = name;
    $("user-email").textContent = email;
    $("initials").textContent = [...name.matchAll(/(?<=^|\s)\S/gu)].slice(0, 2).join("").toUpperCase();
  } else {
    describeForm();
    complain(error && "The auth server does not answer.");
  }
  return session;
}

function describeForm() {
  $("form-lead").textContent = isNew ? "Any address will do, nothing is sent." : "Welcome back.";
  $("name-field").hidden = !isNew;
  $("credentials").elements.name.disabled = !isNew;
  $("credentials").elements.password.autocomplete = isNew ? "new-password" : "current-password";
  $("submit").textContent = isNew ? "Create account" : "Sign in";
  $("switch").textContent = isNew ? "I have an account" : "I am new here";
}

function complain(message) {
  $("form-error").textContent = message || "";
  $("form-error").hidden = !message;
}

$("credentials").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  $("submit").disabled = true;
  const attempt = isNew ? authClient.signUp.email(fields) : authClient.signIn.email(fields);
  const { error } = await attempt.catch(() => ({ error: { message: "The auth server does not answer." } }));
  $("submit").disabled = false;
  complain(error?.message);
  if (error) return;
  event.target.reset();
  await refresh();
  await call("GET", "/me");
});

$("switch").addEventListener("click", () => {
  isNew = !isNew;
  complain();
  describeForm();
});

$("sign-out").addEventListener("click", async () => {
  await authClient.signOut();
  isNew = false;
  await refresh();
  await call("GET", "/me");
});

for (const button of document.querySelectorAll("[data-call]")) {
  button.addEventListener("click", () => call(...button.dataset.call.split(" ")));
}

$("note-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await call("POST", "/notes", Object.fromEntries(new FormData(event.target)));
  event.target.reset();
});

$("page-url").textContent = location.host;
$("auth-url").textContent = new URL(AUTH_URL).host;
$("api-url").textContent = new URL(serviceURL).host;
refresh();
