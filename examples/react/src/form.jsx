import { useId, useState } from "react";
import { attempt } from "./attempt.js";

/**
 * A form that makes one call of the auth client with its fields, shows what went wrong, and says when it worked.
 * `call` gets an object with the values by name; `done` is the text to show afterwards, or a function to call.
 */
export function Form({ call, button, done, look = "primary", children }) {
  const [message, setMessage] = useState(null);
  const [confirmation, setConfirmation] = useState(null);
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setMessage(null);
    setConfirmation(null);
    const failure = await attempt(() => call(Object.fromEntries(new FormData(form))));
    setBusy(false);
    setMessage(failure);
    if (failure) return;
    if (typeof done === "function") return done();
    form.reset();
    setConfirmation(done);
  }

  return (
    <form onSubmit={submit} aria-busy={busy}>
      {children}
      {message && (
        <p className="alert" role="alert">
          {message}
        </p>
      )}
      {confirmation && (
        <p className="notice" role="status">
          {confirmation}
        </p>
      )}
      <button className={look} disabled={busy}>
        {button}
      </button>
    </form>
  );
}

export function Field({ label, hint, ...input }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} required aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Tells password managers whose password the form is about. */
export const Username = ({ email }) => <input type="text" autoComplete="username" defaultValue={email} hidden />;

export const NewPassword = ({ label = "New password" }) => (
  <Field
    label={label}
    name="newPassword"
    type="password"
    autoComplete="new-password"
    minLength={8}
    hint="At least 8 characters."
  />
);
