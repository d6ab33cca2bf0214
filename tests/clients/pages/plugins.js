import { createAuthClient } from "better-auth/client";
import { oauthPopupClient, oneTapClient } from "better-auth/client/plugins";
import { place, shown } from "./page.js";

const plugins = [oauthPopupClient(), oneTapClient({ clientId: "web" })];
window.client = createAuthClient({ baseURL: AUTH_URL || undefined, plugins });
window.client.useSession.subscribe((session) => (place.textContent = shown(session)));
