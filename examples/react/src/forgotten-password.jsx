import { authClient } from "./auth-client.js";
import { Field, Form, NewPassword } from "./form.jsx";

/** Asks for the mail. The answer is the same for every address, so that nobody learns who has an account. */
export function ForgottenPassword({ onBack }) {
  return (
    <>
      <h1>Forgot your password?</h1>
      <p className="lead">We send you a link to choose a new one.</p>
      <Form
        // The link of the mail leads to the server, which sends the browser on to here with ?token=... or ?error=...
        call={(fields) => authClient.requestPasswordReset({ ...fields, redirectTo: `${location.origin}/?reset` })}
        button="Send the link"
        done="If there is an account with this address, a mail is on its way."
      >
        <Field label="E-mail" name="email" type="email" autoComplete="username" inputMode="email" />
      </Form>
      <p className="switch">
        <button className="link" type="button" onClick={onBack}>
          Back to sign-in
        </button>
      </p>
    </>
  );
}

/** Where the link leads: `token` is in the address, or nothing if the link is no longer good. */
export function ChooseNewPassword({ token, onDone }) {
  if (!token) {
    return (
      <>
        <h1>This link no longer works</h1>
        <p className="lead">It was used before, or it is too old. Ask for a new one.</p>
        <button className="primary" type="button" onClick={onDone}>
          Back to sign-in
        </button>
      </>
    );
  }
  return (
    <>
      <h1>Choose a new password</h1>
      <Form
        call={({ newPassword }) => authClient.resetPassword({ newPassword, token })}
        button="Save the password"
        done={onDone}
      >
        <NewPassword />
      </Form>
    </>
  );
}
