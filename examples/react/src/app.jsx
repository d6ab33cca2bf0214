import { useState } from "react";
import { authClient } from "./auth-client.js";
import { Account } from "./account.jsx";
import { CredentialsForm } from "./credentials-form.jsx";
import { ChooseNewPassword } from "./forgotten-password.jsx";

export function App() {
  const { data: session, isPending, error, refetch } = authClient.useSession();
  const [link, setLink] = useState(readLink);

  function leaveLink() {
    history.replaceState(null, "", location.pathname);
    setLink(readLink());
  }

  return (
    <div className="card">
      <img className="logo" src="/icon.svg" alt="" width="44" height="44" />
      {link.reset ? (
        <ChooseNewPassword token={link.token} onDone={leaveLink} />
      ) : isPending ? (
        <p className="loading" role="status">
          One moment…
        </p>
      ) : session ? (
        <Account session={session} linkError={link.error} isProvider={link.provider} />
      ) : error ? (
        <Unreachable onRetry={refetch} />
      ) : (
        <CredentialsForm providerError={link.provider && link.error} />
      )}
    </div>
  );
}

/** What a link in a mail, or a provider, has left in the address. */
function readLink() {
  const query = new URLSearchParams(location.search);
  return {
    reset: query.has("reset"),
    provider: query.has("provider"),
    token: query.get("token"),
    error: query.get("error"),
  };
}

function Unreachable({ onRetry }) {
  return (
    <>
      <h1>Sign-in is unavailable</h1>
      <p className="alert" role="alert">
        The sign-in service does not answer.
      </p>
      <button className="primary" type="button" onClick={() => onRetry()}>
        Try again
      </button>
    </>
  );
}
