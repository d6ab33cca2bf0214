import {
  useChangeEmail,
  useChangePassword,
  useDeleteUser,
  useListSessions,
  useRevokeSession,
  useSignOut,
  useUpdateUser,
} from "@better-auth-ui/react";
import { authClient, pageURL } from "../auth-client.js";
import { Button, Field, Form, Password } from "./form.jsx";

export function Account({ session: { user, session } }) {
  // A page that is loaded anew has forgotten everything about the user.
  const signOut = useSignOut(authClient, { onSuccess: () => location.assign("/hooks") });
  return (
    <>
      <h1 className="font-semibold text-2xl">Hello, {user.name}</h1>
      <p className="flex items-center justify-between gap-4 text-muted-foreground text-sm">
        {user.email}
        <Button look="link" onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          Sign out
        </Button>
      </p>
      <Form title="Name" mutation={useUpdateUser(authClient)} call={(fields) => fields} button="Save" done="Saved.">
        <Field key={user.name} label="Name" name="name" defaultValue={user.name} autoComplete="name" />
      </Form>
      <Sessions current={session} />
      <Form
        title="E-mail address"
        mutation={useChangeEmail(authClient)}
        call={(fields) => ({ ...fields, callbackURL: `${pageURL}/hooks` })}
        button="Change the address"
        done="A mail is on its way. The address changes when its link is opened."
      >
        <Field label="New e-mail" name="newEmail" type="email" autoComplete="email" />
      </Form>
      <Form
        title="Password"
        mutation={useChangePassword(authClient)}
        call={(fields) => ({ ...fields, revokeOtherSessions: true })}
        button="Change the password"
        done="Changed. All other sessions are signed out."
      >
        <Password label="Current password" name="currentPassword" />
        <Password label="New password" name="newPassword" isNew />
      </Form>
      <Form
        title="Delete the account"
        mutation={useDeleteUser(authClient)}
        call={(fields) => ({ ...fields, callbackURL: `${pageURL}/hooks` })}
        button="Delete my account"
        look="danger"
        done="Open the link in the mail to delete your account."
      >
        <Password label="Password" name="password" />
      </Form>
    </>
  );
}

function Sessions({ current }) {
  const { data: sessions } = useListSessions(authClient);
  const revoke = useRevokeSession(authClient);
  return (
    <section className="rounded-xl border bg-card p-5 shadow-xs">
      <h2 className="font-semibold">Sessions</h2>
      <ul className="mt-3 flex flex-col gap-2 text-sm">
        {sessions?.map(({ id, token, createdAt }) => (
          <li key={id} className="flex justify-between gap-4">
            Since {createdAt.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
            {id === current.id ? (
              <span className="text-muted-foreground">this one</span>
            ) : (
              <Button look="link" onClick={() => revoke.mutate({ token })} disabled={revoke.isPending}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
