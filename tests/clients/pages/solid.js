import { createAuthClient } from "better-auth/solid";
import { render } from "solid-js/web";
import { makeClient, place, shown } from "./page.js";

const client = makeClient(createAuthClient);

render(() => {
  const session = client.useSession();
  return () => shown(session());
}, place);
