import { useState } from "react";
import { authClient } from "./auth-client.js";
import { Field, Form } from "./form.jsx";
import { ForgottenPassword } from "./forgotten-password.jsx";
import { ProviderButtons } from "./providers.jsx";

const signIn = (fields) => authClient.signIn.email(fields);
// With `callbackURL` the link of the verification mail, if the server sends one, leads back to this page.
const signUp = (fields) => authClient.signUp.email({ ...fields, callbackURL: location.origin });

export function CredentialsForm({ providerError }) {
  const [view, setView] = useState("sign-in");
  const isNew = view === "sign-up";
  if (view === "forgotten") return <ForgottenPassword onBack={() => setView("sign-in")} />;

  return (
    <>
      <h1>{isNew ? "Create your account" : "Welcome back"}</h1>
      <p className="lead">{isNew ? "It takes less than a minute." : "Sign in to continue."}</p>

      {/* On success useSession notices the new session by itself and the form goes away. */}
      <Form key={view} call={isNew ? signUp : signIn} button={isNew ? "Create account" : "Sign in"}>
        {isNew && <Field label="Name" name="name" autoComplete="name" />}
        <Field label="E-mail" name="email" type="email" autoComplete="username" inputMode="email" />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
          hint={isNew ? "At least 8 characters." : null}
        />
      </Form>

      <ProviderButtons error={providerError} />

      <p className="switch">
        {isNew ? "Already have an account?" : "New here?"}{" "}
        <button className="link" type="button" onClick={() => setView(isNew ? "sign-in" : "sign-up")}>
          {isNew ? "Sign in" : "Create an account"}
        </button>
      </p>
      {!isNew && (
        <p className="switch">
          <button className="link" type="button" onClick={() => setView("forgotten")}>
            Forgot your password?
          </button>
        </p>
      )}
    </>
  );
}
