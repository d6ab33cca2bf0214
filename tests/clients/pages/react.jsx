import { createAuthClient } from "better-auth/react";
import { createRoot } from "react-dom/client";
import { makeClient, place, shown } from "./page.js";

const client = makeClient(createAuthClient);
const Session = () => shown(client.useSession());

createRoot(place).render(<Session />);
