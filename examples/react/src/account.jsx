import { useState } from "react";
import { attempt } from "./attempt.js";
import { authClient } from "./auth-client.js";
import { Devices } from "./devices.jsx";
import { LinkedAccounts, providerError } from "./providers.jsx";
import { DeleteAccount, Settings } from "./settings.jsx";

export function Account({ session: { user, session }, linkError, isProvider }) {
  const [message, setMessage] = useState(
    linkError && (isProvider ? providerError(linkError) : "The link of the mail did not work. Ask for a new one."),
  );
  const [busy, setBusy] = useState(false);

  async function signOut() {
    setBusy(true);
    setMessage(await attempt(() => authClient.signOut()));
    setBusy(false);
  }

  return (
    <>
      <h1>You are signed in</h1>
      <div className="person">
        <span className="avatar" aria-hidden="true">
          {initials(user.name)}
        </span>
        <div>
          <p className="name">{user.name}</p>
          <p className="email">{user.email}</p>
        </div>
      </div>
      <dl>
        <div>
          <dt>Member since</dt>
          <dd>{day(user.createdAt)}</dd>
        </div>
        <div>
          <dt>Signed in until</dt>
          <dd>{day(session.expiresAt)}</dd>
        </div>
      </dl>
      {message && (
        <p className="alert" role="alert">
          {message}
        </p>
      )}
      <Settings user={user} />
      <LinkedAccounts />
      <Devices current={session} />
      <DeleteAccount user={user} />
      <button className="secondary" type="button" onClick={signOut} disabled={busy}>
        Sign out
      </button>
    </>
  );
}

// The client has already turned the dates of the answer into Date objects.
const day = (date) => date.toLocaleDateString(undefined, { dateStyle: "long" });

function initials(name) {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...word][0] ?? "").join("").toUpperCase();
}
