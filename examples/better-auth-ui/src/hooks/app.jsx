import { AuthProvider, useSession } from "@better-auth-ui/react";
import { authClient, pageURL } from "../auth-client.js";
import { Link, navigate, replace, useAddress } from "../router.jsx";
import { Account } from "./account.jsx";
import { ChooseNewPassword, Credentials } from "./credentials.jsx";

export default function App() {
  return (
    <AuthProvider
      authClient={authClient}
      baseURL={pageURL}
      navigate={(to) => (to.replace ? replace(to.to) : navigate(to.to))}
    >
      <main className="mx-auto flex w-full max-w-sm flex-col gap-6 px-4 py-10">
        <Page />
        <p className="text-center text-muted-foreground text-sm">
          <Link href="/" className="underline underline-offset-4">
            The views of better-auth-ui
          </Link>
        </p>
      </main>
    </AuthProvider>
  );
}

function Page() {
  const link = useAddress().searchParams;
  const { data: session, isPending, error } = useSession(authClient);
  // The link of the mail leads to the server, which sends the browser on to here with ?token=... or ?error=...
  if (link.has("reset")) return <ChooseNewPassword token={link.get("token")} />;
  if (isPending) return <p className="py-16 text-center text-muted-foreground">One moment…</p>;
  if (session) return <Account session={session} />;
  if (error) return <p role="alert">The auth server does not answer.</p>;
  return <Credentials />;
}
