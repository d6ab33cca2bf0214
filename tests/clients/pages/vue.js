import { createAuthClient } from "better-auth/vue";
import { createApp } from "vue";
import { makeClient, place, shown } from "./page.js";

const client = makeClient(createAuthClient);

createApp({
  setup() {
    const session = client.useSession();
    return () => shown(session.value);
  },
}).mount(place);
