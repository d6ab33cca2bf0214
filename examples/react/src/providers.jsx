import { useState } from "react";
import { attempt } from "./attempt.js";
import { authClient } from "./auth-client.js";

// Those that the server is set up for, as PROVIDERS="github=GitHub,google=Google" of the build.
const providers = PROVIDERS.split(",")
  .filter(Boolean)
  .map((pair) => pair.split("="));
const nameOf = (provider) => providers.find(([id]) => id === provider)?.[1] ?? provider;

// From there the browser comes back to this page, with `error` in the address if it did not work.
const urls = { callbackURL: location.origin, errorCallbackURL: `${location.origin}/?provider` };

/** A button for each provider. The browser leaves the page for the provider's. */
export function ProviderButtons({ error }) {
  const [message, setMessage] = useState(error && providerError(error));
  if (providers.length === 0) return null;
  return (
    <div className="providers">
      <p className="or">or</p>
      {message && (
        <p className="alert" role="alert">
          {message}
        </p>
      )}
      {providers.map(([provider, name]) => (
        <button
          key={provider}
          className="secondary"
          type="button"
          onClick={async () => setMessage(await attempt(() => authClient.signIn.social({ provider, ...urls })))}
        >
          Continue with {name}
        </button>
      ))}
    </div>
  );
}

/** The accounts that the user signs in with, and those that may be added. */
export function LinkedAccounts() {
  const [accounts, setAccounts] = useState(null);
  const [message, setMessage] = useState(null);
  if (providers.length === 0) return null;

  async function load() {
    setMessage(
      await attempt(async () => {
        const answer = await authClient.listAccounts();
        if (answer.data) setAccounts(answer.data);
        return answer;
      }),
    );
  }

  async function unlink(accountId) {
    const failure = await attempt(() => authClient.unlinkAccount({ accountId }));
    await load();
    if (failure) setMessage(failure);
  }

  const missing = providers.filter(([id]) => accounts && !accounts.some(({ providerId }) => providerId === id));
  return (
    <details name="settings" onToggle={(event) => event.currentTarget.open && load()}>
      <summary>Linked accounts</summary>
      {message && (
        <p className="alert" role="alert">
          {message}
        </p>
      )}
      {accounts && (
        <ul className="devices">
          {accounts.map(({ id, providerId, createdAt }) => (
            <li key={id}>
              <div>
                <p className="device">{providerId === "credential" ? "Password" : nameOf(providerId)}</p>
                <p className="hint">Since {createdAt.toLocaleDateString(undefined, { dateStyle: "long" })}</p>
              </div>
              {providerId !== "credential" && accounts.length > 1 && (
                <button className="link" type="button" onClick={() => unlink(id)}>
                  Unlink
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {missing.map(([provider, name]) => (
        <button
          key={provider}
          className="secondary"
          type="button"
          onClick={async () => setMessage(await attempt(() => authClient.linkSocial({ provider, ...urls })))}
        >
          Link {name}
        </button>
      ))}
    </details>
  );
}

/** `access_denied` is what providers say if the user has said no; docs/oauth.md lists the others. */
export const providerError = (code) =>
  code === "access_denied" ? "You did not give your consent." : `Signing in with the provider did not work (${code}).`;
