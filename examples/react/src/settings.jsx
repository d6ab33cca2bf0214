import { authClient } from "./auth-client.js";
import { Field, Form, NewPassword, Username } from "./form.jsx";

// Nothing here asks for the session again: after a change the client does so itself, in every open tab.
export function Settings({ user }) {
  return (
    <>
      <details name="settings">
        <summary>Name</summary>
        <Form call={(fields) => authClient.updateUser(fields)} button="Save the name" done="Saved.">
          <Field key={user.name} label="Name" name="name" defaultValue={user.name} autoComplete="name" />
        </Form>
      </details>

      <details name="settings">
        <summary>
          E-mail address {!user.emailVerified && <span className="badge">not verified</span>}
        </summary>
        {!user.emailVerified && (
          <Form
            call={() => authClient.sendVerificationEmail({ email: user.email, callbackURL: location.origin })}
            button="Send a verification mail"
            look="secondary"
            done={`A mail to ${user.email} is on its way.`}
          />
        )}
        <Form
          call={(fields) => authClient.changeEmail({ ...fields, callbackURL: location.origin })}
          button="Change the address"
          done="A mail is on its way. The address changes when its link is opened."
        >
          <Field label="New e-mail" name="newEmail" type="email" autoComplete="email" inputMode="email" />
        </Form>
      </details>

      <details name="settings">
        <summary>Password</summary>
        <Form
          call={({ others, ...fields }) =>
            authClient.changePassword({ ...fields, revokeOtherSessions: others === "on" })
          }
          button="Change the password"
          done="Changed."
        >
          <Username email={user.email} />
          <Field label="Current password" name="currentPassword" type="password" autoComplete="current-password" />
          <NewPassword />
          <label className="choice">
            <input type="checkbox" name="others" defaultChecked /> Sign out on all other devices
          </label>
        </Form>
      </details>
    </>
  );
}

/** Deletes it at once, or when the link of a mail is opened: as the server is set up. */
export const DeleteAccount = ({ user }) => (
  <details name="settings">
    <summary>Delete the account</summary>
    <Form
      call={(fields) => authClient.deleteUser({ ...fields, callbackURL: location.origin })}
      button="Delete my account"
      done="Open the link in the mail that we have just sent to delete your account."
      look="danger"
    >
      <Username email={user.email} />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
    </Form>
  </details>
);
