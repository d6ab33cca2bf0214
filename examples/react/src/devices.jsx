import { useState } from "react";
import { attempt } from "./attempt.js";
import { authClient } from "./auth-client.js";

/** The sessions of the user. The list is asked for when it is opened, and after each change. */
export function Devices({ current }) {
  const [sessions, setSessions] = useState(null);
  const [message, setMessage] = useState(null);

  async function load() {
    setMessage(
      await attempt(async () => {
        const answer = await authClient.listSessions();
        if (answer.data) setSessions(answer.data);
        return answer;
      }),
    );
  }

  async function end(call) {
    const failure = await attempt(call);
    await load();
    if (failure) setMessage(failure);
  }

  const others = sessions?.filter(({ token }) => token !== current.token) ?? [];
  return (
    <details name="settings" onToggle={(event) => event.currentTarget.open && load()}>
      <summary>Devices</summary>
      {message && (
        <p className="alert" role="alert">
          {message}
        </p>
      )}
      {sessions && (
        <ul className="devices">
          {sessions.map((session) => (
            <li key={session.id}>
              <div>
                <p className="device">{browserName(session.userAgent)}</p>
                <p className="hint">Since {moment(session.createdAt)}</p>
              </div>
              {session.token === current.token ? (
                <span className="badge">this one</span>
              ) : (
                <button
                  className="link"
                  type="button"
                  onClick={() => end(() => authClient.revokeSession({ token: session.token }))}
                >
                  Sign out
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {others.length > 1 && (
        <button className="secondary" type="button" onClick={() => end(() => authClient.revokeOtherSessions())}>
          Sign out everywhere else
        </button>
      )}
    </details>
  );
}

const moment = (date) => date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

function browserName(userAgent) {
  const known = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]];
  return known.find(([mark]) => userAgent?.includes(mark))?.[1] ?? "Unknown browser";
}
