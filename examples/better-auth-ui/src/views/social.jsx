import { useAuthData } from "@daveyplate/better-auth-ui";
import { authClient } from "../auth-client.js";
import { Views } from "./app.jsx";

// better-auth-ui 3.4.0 names an account by its id at the provider; since better-auth 1.7 the endpoints want ours.
const withOurIds = (account) => ({ ...account, accountId: account.id });

async function listAccounts() {
  const { data, error } = await authClient.listAccounts();
  return { data: data?.map(withOurIds) ?? null, error };
}

const WAYS = {
  social: { providers: ["github", "google"] },
  hooks: { useListAccounts: () => useAuthData({ queryFn: listAccounts, cacheKey: "listAccounts" }) },
};

export default () => <Views client={authClient} base="/social" ways={WAYS} />;
