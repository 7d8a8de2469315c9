// What went wrong, as a person needs to hear it: what happened, what to do, and the request id.

import { fill } from "./figures.js";

const KINDS = { 401: "signin", 403: "signin", 422: "invalid", 429: "busy", 503: "unavailable" };

export function problemOf(failure, words) {
  const status = failure.status ?? 0;
  if (!status) return { kind: "offline", title: words.offline_title, text: words.offline_text, command: "", request_id: "" };
  const details = failure.details ?? {};
  const kind = KINDS[status] ?? "failed";
  return {
    kind,
    title: words[`${kind}_title`],
    text: { unavailable: words.unavailable_text, signin: words.signin_text, failed: words.failed_text }[kind] ?? details.detail ?? "",
    command: kind === "unavailable" ? commandIn(details) : "",
    request_id: details.request_id ? fill(words.request_id, { id: details.request_id }) : "",
  };
}

/** The command of a problem: a field of its own, or what stands in backticks. */
function commandIn({ command, detail = "" }) {
  return command ?? /`([^`]+)`/.exec(detail)?.[1] ?? detail;
}
