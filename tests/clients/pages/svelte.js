import { createAuthClient } from "better-auth/svelte";
import { mount } from "svelte";
import { makeClient, place } from "./page.js";
import Session from "./Session.svelte";

mount(Session, { target: place, props: { client: makeClient(createAuthClient) } });
