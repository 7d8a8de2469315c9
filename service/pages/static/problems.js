// What went wrong, as a person needs to hear it: what happened, what to do, and the request id (problems.py).

import { fill } from "./figures.js";

const KINDS = { 401: "signin", 403: "signin", 422: "invalid", 429: "busy", 503: "later" };

export function problemOf(failure, { query }, { words, longest }) {
  const status = failure.status ?? 0;
  if (!status) return { kind: "offline", title: words.offline_title, text: words.offline_text, command: "", request_id: "" };
  const command = status === 503 ? commandIn(failure) : "";
  const kind = command ? "unavailable" : KINDS[status] ?? "failed";
  const length = [...query].length;
  const own = {
    unavailable: words.unavailable_text,
    signin: words.signin_text,
    failed: words.failed_text,
    invalid: length > longest && fill(words.too_long, { n: length, limit: longest }),
  };
  return {
    kind,
    title: words[`${kind}_title`],
    text: own[kind] || failure.detail || "",
    command,
    request_id: failure.requestId ? fill(words.request_id, { id: failure.requestId }) : "",
  };
}

/** The command that a problem names in backticks. */
function commandIn({ detail = "" }) {
  return /`([^`]+)`/.exec(detail)?.[1] ?? "";
}
