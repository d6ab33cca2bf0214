// What `next/headers` is to a server component: the headers of the request that is answered.
import { AsyncLocalStorage } from "node:async_hooks";

export const requestHeaders = new AsyncLocalStorage();
export const headers = async () => requestHeaders.getStore();
