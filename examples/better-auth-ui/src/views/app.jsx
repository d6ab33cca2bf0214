import { AccountView, AuthUIProvider, AuthView, SignedIn, SignedOut, UserButton } from "@daveyplate/better-auth-ui";
import { Toaster } from "sonner";
import { authClient, pageURL } from "../auth-client.js";
import { Link, navigate, replace, useAddress } from "../router.jsx";

/** The views under `base`; `ways` are options of better-auth-ui for plugins and providers. */
export function Views({ client, base = "", ways }) {
  return (
    <AuthUIProvider
      authClient={client}
      basePath={`${base}/auth`}
      account={{ basePath: `${base}/account` }}
      redirectTo={`${base}/`}
      baseURL={pageURL}
      navigate={navigate}
      replace={replace}
      Link={Link}
      credentials={{ confirmPassword: true, rememberMe: true, passwordValidation: { minLength: 8, maxLength: 128 } }}
      avatar
      emailVerification
      // The server mails a link before it deletes somebody.
      deleteUser={{ verification: true }}
      {...ways}
    >
      <header className="border-b">
        <div className="mx-auto flex h-14 w-full max-w-5xl items-center justify-between gap-4 px-4">
          <Link href={`${base}/`} className="flex items-center gap-2 font-semibold">
            <img src="/icon.svg" alt="" width="24" height="24" />
            Example
          </Link>
          <UserButton size="icon" align="end" />
        </div>
      </header>
      <main className="mx-auto flex w-full max-w-5xl flex-col items-center px-4 py-8 md:py-12">
        <View client={client} base={base} />
      </main>
      <Toaster theme="system" />
    </AuthUIProvider>
  );
}

export default () => <Views client={authClient} />;

function View({ client, base }) {
  const [, folder, path] = useAddress().pathname.slice(base.length).split("/");
  if (folder === "auth") return <AuthView path={path} />;
  if (folder === "account") return <AccountView path={path} />;
  return <Home client={client} base={base} />;
}

function Home({ client, base }) {
  const { data: session } = client.useSession();
  return (
    <div className="flex flex-col items-center gap-4 py-12 text-center">
      <SignedIn>
        <h1 className="font-semibold text-2xl">Hello, {session?.user.name}</h1>
        <p className="text-muted-foreground">A Python server has signed you in.</p>
        <Link href={`${base}/account/settings`} className="underline underline-offset-4">
          Your account
        </Link>
      </SignedIn>
      <SignedOut>
        <h1 className="font-semibold text-2xl">better-auth-ui</h1>
        <p className="text-muted-foreground">Its views, unchanged, with an auth server in Python.</p>
        <p className="flex gap-4">
          <Link href={`${base}/auth/sign-up`} className="underline underline-offset-4">
            Create an account
          </Link>
          <Link href={`${base}/auth/sign-in`} className="underline underline-offset-4">
            Sign in
          </Link>
        </p>
      </SignedOut>
      <p className="mt-8 text-muted-foreground text-sm">
        <Link href="/hooks" className="underline underline-offset-4">
          The same with a form of our own, on the hooks of @better-auth-ui/react
        </Link>
      </p>
      <p className="text-muted-foreground text-sm">
        <Link href="/plugins" className="underline underline-offset-4">
          With mailed links and codes, passkeys and several accounts
        </Link>
      </p>
      <p className="text-muted-foreground text-sm">
        <Link href="/social" className="underline underline-offset-4">
          With GitHub and Google
        </Link>
      </p>
    </div>
  );
}
