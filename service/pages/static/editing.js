// The editors' desk over HTTP: one function for every call, so that what each must carry is said once.

import { headers } from "./api.js";
import { Refusal } from "./search.js";

/** The answer's JSON; a Refusal where the service says no, a TypeError where it cannot be reached. */
export async function call(method, path, body, { keepalive = false } = {}) {
  const response = await fetch(path, {
    method,
    headers: { ...headers(), ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    keepalive,
  });
  if (!response.ok) {
    const details = await response.json().catch(() => ({}));
    throw new Refusal(response.status, { request_id: response.headers.get("x-request-id"), ...details });
  }
  return response.json();
}

export const entryPath = (id) => `/v1/desk/entries/${encodeURIComponent(id)}`;
export const draftPath = (id) => `/v1/drafts/${encodeURIComponent(id)}`;
