import { pluginClient } from "../auth-client.js";
import { Views } from "./app.jsx";

const WAYS = { magicLink: true, emailOTP: true, passkey: true, multiSession: true };

export default () => <Views client={pluginClient} base="/plugins" ways={WAYS} />;
