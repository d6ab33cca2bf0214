// The session store of the client outside a browser, where nothing asks by itself but the signal.
const email = "sig@example.com";
const password = "correct horse battery";

export default async function signal({ visitor, step, report, pause }) {
  const sig = visitor();
  const states = [];
  const { client } = sig;
  const stop = client.useSession.subscribe(({ data, error, isPending, isRefetching }) =>
    states.push({ data, error, isPending, isRefetching }),
  );
  const signals = [];
  client.$store.listen("$sessionSignal", (value) => signals.push(value));

  async function watched(name, act) {
    states.length = 0;
    signals.length = 0;
    await step(name, sig, async () => {
      const result = await act(client);
      await pause(30); // the client waits 10 ms before it gives the signal
      while (client.useSession.get().isRefetching) await pause(5);
      return result;
    });
    report({ step: `${name}: states`, exchanges: [], hooks: [], data: { states, signals }, error: null, thrown: null });
  }

  await watched("nothing yet", () => pause(1));
  await watched("sign-up", () => client.signUp.email({ name: "Sig", email, password }));
  await watched("refetch", () => client.useSession.get().refetch());
  await watched("refetch with a query", () => client.useSession.get().refetch({ query: { disableCookieCache: true } }));
  await watched("update", () => client.updateUser({ name: "Sigrid" }));
  await watched("update without the signal", () => client.updateUser({ name: "Sig", fetchOptions: { disableSignal: true } }));
  await watched("a failure", () => client.updateUser({ email }));
  await watched("notified", () => client.$store.notify("$sessionSignal"));
  await watched("sign-out", () => client.signOut());
  stop();

  // Outside a browser the interval is ignored.
  const polling = visitor({ sessionOptions: { refetchInterval: 1 } });
  const stopPolling = polling.client.useSession.subscribe(() => {});
  await step("sign-up with an interval", polling, () =>
    polling.client.signUp.email({ name: "Pol", email: "pol@example.com", password }),
  );
  await pause(30);
  while (polling.client.useSession.get().isRefetching) await pause(5);
  await step("after the interval", polling, () => pause(1200));
  stopPolling();
}
