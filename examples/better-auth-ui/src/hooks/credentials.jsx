import { useRequestPasswordReset, useResetPassword, useSignInEmail, useSignUpEmail } from "@better-auth-ui/react";
import { useState } from "react";
import { authClient, pageURL } from "../auth-client.js";
import { navigate } from "../router.jsx";
import { Button, Field, Form, Password } from "./form.jsx";

const VIEWS = { "sign-in": SignIn, "sign-up": SignUp, forgotten: Forgotten };

export function Credentials() {
  const [view, setView] = useState("sign-in");
  const Shown = VIEWS[view];
  return (
    <>
      <Shown />
      <p className="flex justify-center gap-4">
        {view !== "sign-in" && (
          <Button look="link" onClick={() => setView("sign-in")}>
            Sign in
          </Button>
        )}
        {view !== "sign-up" && (
          <Button look="link" onClick={() => setView("sign-up")}>
            Create an account
          </Button>
        )}
        {view === "sign-in" && (
          <Button look="link" onClick={() => setView("forgotten")}>
            Forgot your password?
          </Button>
        )}
      </p>
    </>
  );
}

const Email = () => <Field label="E-mail" name="email" type="email" autoComplete="username" />;

// After each of these the session is asked for again, and with it the page changes.
function SignIn() {
  return (
    <Form title="Welcome back" mutation={useSignInEmail(authClient)} call={(fields) => fields} button="Sign in">
      <Email />
      <Password label="Password" name="password" />
    </Form>
  );
}

function SignUp() {
  return (
    <Form
      title="Create an account"
      mutation={useSignUpEmail(authClient)}
      call={(fields) => ({ ...fields, callbackURL: `${pageURL}/hooks` })}
      button="Create the account"
    >
      <Field label="Name" name="name" autoComplete="name" />
      <Email />
      <Password label="Password" name="password" isNew />
    </Form>
  );
}

function Forgotten() {
  return (
    <Form
      title="Forgot your password?"
      mutation={useRequestPasswordReset(authClient)}
      call={(fields) => ({ ...fields, redirectTo: `${pageURL}/hooks?reset` })}
      button="Send a link"
      done="If there is an account with this address, a mail is on its way."
    >
      <Email />
    </Form>
  );
}

export function ChooseNewPassword({ token }) {
  const reset = useResetPassword(authClient, { onSuccess: () => navigate("/hooks") });
  if (!token) return <p role="alert">This link no longer works. Ask for a new one.</p>;
  return (
    <Form
      title="Choose a new password"
      mutation={reset}
      call={(fields) => ({ ...fields, token })}
      button="Save the password"
    >
      <Password label="New password" name="newPassword" isNew />
    </Form>
  );
}
