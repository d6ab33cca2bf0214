import { authClient } from "./auth-client.js";
import { Account } from "./account.jsx";
import { CredentialsForm } from "./credentials-form.jsx";

export function App() {
  const { data: session, isPending, error, refetch } = authClient.useSession();

  return (
    <div className="card">
      <img className="logo" src="/icon.svg" alt="" width="44" height="44" />
      {isPending ? (
        <p className="loading" role="status">
          One moment…
        </p>
      ) : session ? (
        <Account session={session} />
      ) : error ? (
        <Unreachable onRetry={refetch} />
      ) : (
        <CredentialsForm />
      )}
    </div>
  );
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
