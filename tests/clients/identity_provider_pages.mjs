// The pages of identity_provider.mjs.

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const SCOPES = { email: "your e-mail address", profile: "your name", offline_access: "these, also later" };

export function loginPage(client, hint) {
  return page(
    `Log in to ${client.clientName}`,
    `<p>This login page stands in for a provider. There are no accounts: say who you are.</p>
    <label>E-mail <input name="email" type="email" required value="${escaped(hint || "ada@example.com")}"></label>
    <label>Name <input name="name" required value="Ada Lovelace"></label>
    <button>Log in</button>`,
  );
}

export function consentPage(client, user, scope) {
  const asked = scope.split(" ").filter((name) => name in SCOPES);
  return page(
    "May this application see you?",
    `<p>You are <strong>${escaped(user.email)}</strong> at ${escaped(client.clientName)}. The application asks for:</p>
    <ul>${asked.map((name) => `<li>${SCOPES[name]}</li>`).join("")}</ul>
    <button>Allow</button>`,
  );
}

export function errorPage(error, reason) {
  return document("That did not work", `<h1>That did not work</h1><p>${escaped(error)}: ${escaped(reason)}</p>`);
}

function page(title, content) {
  const cancel = '<button name="cancel" value="yes" formnovalidate>Cancel</button>';
  return document(title, `<h1>${escaped(title)}</h1><form method="post">${content}${cancel}</form>`);
}

const STYLE = `
  body {
    margin: 0; min-height: 100vh; display: grid; place-items: center;
    font: 16px/1.5 system-ui, sans-serif; background: #eef2f7; color: #1c2733;
  }
  main { width: min(22rem, 85vw); padding: 2rem; background: #fff; border-radius: 12px; box-shadow: 0 4px 24px #0002; }
  h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
  p { color: #526070; }
  label { display: block; margin: 1rem 0; font-weight: 600; }
  input, button {
    box-sizing: border-box; width: 100%; padding: .6rem .8rem; font: inherit; border: 1px solid #b6c2cf;
    border-radius: 8px;
  }
  button { margin-top: .7rem; background: #14532d; color: #fff; border-color: #14532d; cursor: pointer; }
  button[name="cancel"] { background: #fff; color: #1c2733; border-color: #b6c2cf; }
`;

const document = (title, content) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${escaped(title)}</title>
    <link rel="icon" href="data:,">
    <style>${STYLE}</style>
  </head>
  <body><main>${content}</main></body>
</html>`;
