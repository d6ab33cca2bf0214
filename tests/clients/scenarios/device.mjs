// The device-authorization plugin: a device asks for codes and polls, its user claims and decides.
import { deviceAuthorizationClient } from "better-auth/client/plugins";

const grant_type = "urn:ietf:params:oauth:grant-type:device_code";

export default async function device({ visitor, step }) {
  const plugins = [deviceAuthorizationClient()];
  const television = visitor({ plugins, origin: null });
  const dora = visitor({ plugins });
  const eve = visitor({ plugins });
  for (const [person, name] of [[dora, "dora"], [eve, "eve"]]) {
    await step(`sign-up of ${name}`, person, (client) =>
      client.signUp.email({ name, email: `${name}@example.com`, password: "correct horse battery" }),
    );
  }
  const codes = {};
  const ask = async (client) => {
    const answer = await client.device.code({ client_id: "tv", scope: "profile" });
    Object.assign(codes, answer.data);
    return answer;
  };
  const poll = (client) => client.device.token({ grant_type, device_code: codes.device_code, client_id: "tv" });
  const look = (client) => client.device({ query: { user_code: codes.user_code } });
  const approve = (client) => client.device.approve({ userCode: codes.user_code });
  const deny = (client) => client.device.deny({ userCode: codes.user_code });

  await step("no client", television, (client) => client.device.code({}));
  await step("codes", television, ask);
  await step("pending", television, poll);
  await step("too soon", television, poll);
  await step("no such code", dora, (client) => client.device({ query: { user_code: "NOTHING" } }));
  await step("not claimed", dora, approve);
  await step("claimed", dora, look);
  await step("of another", eve, look);
  await step("not hers", eve, approve);
  await step("typed", dora, (client) => client.device.approve({ userCode: ` ${codes.user_code}-` }));
  await step("decided", dora, deny);
  await step("more codes", television, ask);
  await step("claimed by eve", eve, look);
  await step("approved", eve, approve);
  await step("a token", television, poll);
  await step("once", television, poll);
  await step("codes to deny", television, ask);
  await step("claimed again", eve, look);
  await step("denied", eve, deny);
  await step("told", television, poll);
}
