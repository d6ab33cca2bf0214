import { createAuthClient } from "better-auth/client";
import { makeClient, place, shown } from "./page.js";

makeClient(createAuthClient).useSession.subscribe((session) => (place.textContent = shown(session)));
