import { useState } from "react";
import { attempt } from "./attempt.js";
import { authClient } from "./auth-client.js";

export function CredentialsForm() {
  const [isNew, setIsNew] = useState(false);
  const [message, setMessage] = useState(null);
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    setMessage(null);
    // On success useSession notices the new session by itself and the form goes away.
    setMessage(await attempt(() => (isNew ? authClient.signUp.email(fields) : authClient.signIn.email(fields))));
    setBusy(false);
  }

  function switchForm() {
    setIsNew(!isNew);
    setMessage(null);
  }

  return (
    <>
      <h1>{isNew ? "Create your account" : "Welcome back"}</h1>
      <p className="lead">{isNew ? "It takes less than a minute." : "Sign in to continue."}</p>

      <form onSubmit={submit} aria-busy={busy}>
        {isNew && <Field label="Name" name="name" autoComplete="name" />}
        <Field label="E-mail" name="email" type="email" autoComplete="username" inputMode="email" />
        <Field
          key={isNew ? "new" : "current"}
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
          hint={isNew ? "At least 8 characters." : null}
        />
        {message && (
          <p className="alert" role="alert">
            {message}
          </p>
        )}
        <button className="primary" disabled={busy}>
          {isNew ? "Create account" : "Sign in"}
        </button>
      </form>

      <p className="switch">
        {isNew ? "Already have an account?" : "New here?"}{" "}
        <button className="link" type="button" onClick={switchForm}>
          {isNew ? "Sign in" : "Create an account"}
        </button>
      </p>
    </>
  );
}

function Field({ label, name, hint, ...input }) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input id={name} name={name} required aria-describedby={hint ? `${name}-hint` : undefined} {...input} />
      {hint && (
        <p className="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
